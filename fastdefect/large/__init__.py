"""Images that memory does not hold, and the certificate of their results.

A result has the bytes of a whole inspection, whatever tiles, threads and kills. Its certificate says so: ``mask`` and
``score_map`` are the SHA-256 over the list of SHA-256s of blocks of 1024 by 1024 pixels, row by row of blocks, where a
block's bytes are its pixels row by row, little-endian, nothing between them (the mask 0 and 255, the map float32; the
blocks at the lower and right edge are smaller). ``input`` is the same of the image's pixels, ``table`` of the columns of the
defects, ``detector``, ``settings`` and ``verdict`` of what they are.

The public names stand in ``__init__.pyi`` and are loaded when first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
