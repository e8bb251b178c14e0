"""``fastdefect detect``: images in; lines, pictures, tables and a page out."""
