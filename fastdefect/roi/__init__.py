"""What is inspected: polygons, masks, and the mirror image beyond them."""
