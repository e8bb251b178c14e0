"""Pure tile geometry, and the one owner of threads."""
