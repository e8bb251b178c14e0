"""Files to arrays and back; a file is there whole or not at all."""

from fastdefect.io.atomic import write_bytes, write_text
from fastdefect.io.channels import with_channels
from fastdefect.io.endings import IMAGE_ENDINGS, folders_within, is_image, list_images, list_unused
from fastdefect.io.guarded import read_file
from fastdefect.io.images import MAX_PIXELS, PAGES_MAX, read_image, write_image
from fastdefect.io.masks import read_mask
from fastdefect.io.paths import (
    PathLike,
    checked_path,
    exported_name,
    is_folder,
    original_name,
    printable,
)
from fastdefect.io.places import check_place, make_folder
from fastdefect.io.plain_data import plain

__all__ = [
    "IMAGE_ENDINGS",
    "MAX_PIXELS",
    "PAGES_MAX",
    "PathLike",
    "check_place",
    "checked_path",
    "exported_name",
    "folders_within",
    "is_folder",
    "is_image",
    "list_images",
    "list_unused",
    "make_folder",
    "original_name",
    "plain",
    "printable",
    "read_file",
    "read_image",
    "read_mask",
    "with_channels",
    "write_bytes",
    "write_image",
    "write_text",
]
