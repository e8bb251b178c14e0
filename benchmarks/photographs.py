"""Photographs that figures were measured on and the repository does not have: where they come from, and which they are.

They are looked for in ``../shared/data``. A benchmark without them says so and ends; with other images under the same name
it fails, since its figures would not be those of the tables.
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path

PLACE = Path(__file__).parents[2] / "shared" / "data"


@dataclass(frozen=True)
class Photographs:
    """A set of images: its source and licence, and the SHA-256 that `digest` gives."""

    source: str
    sha256: str


SETS = {
    "paper": Photographs(
        "6 kinds of recycled paper with impurities: PIPED, F. Bianconi, L. Ceccarelli, A. Fernández, S. A. Saetta, "
        "Computers in Industry 65(2), 2014, CC BY 4.0; crops of 128 x 128 pixels as PNG in MVTec AD's folders",
        "3a589ac5cb438667bdfc3ee830bd76a61f5da4c4e30fb0a8b19fe75474cd4f59",
    ),
    "cloth_stains": Photographs(
        "13 crops of factory cloth with stains and their masks: sample images of HSST, DOI "
        "10.5281/zenodo.17430197, Apache-2.0",
        "85c1230a9dfe0b9acb3d84a3d93bc856afe57587638c3ea5adfbae77c64fc37c",
    ),
    "colour_fabric": Photographs(
        "5 colour fabrics, each with a defect: sample images of the Industrial Textile Dataset, S. Thomine, H. Snoussi, MIT",
        "859d1b7f778834b431fb7225e728ee233f3a65d47fe62aca568b2c158ffa7d81",
    ),
    "textures": Photographs(
        "9 textures without defects, MrMamurk and Ramón Miranda: Debian's package mypaint-data-extras, CC0-1.0",
        "0249c32f8263a7591a2fbbb97f41b8debfba2e4d37ab071583fbd937ba8259b4",
    ),
}


def digest(folder: Path) -> str:
    """SHA-256 of names and bytes of all images below a folder."""
    found = hashlib.sha256()
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    for name in sorted(files):
        if files[name].suffix in (".png", ".jpg"):
            found.update(f"{name}\n".encode())
            found.update(hashlib.sha256(files[name].read_bytes()).digest())
    return found.hexdigest()


def photographs(name: str, place: Path = PLACE) -> Path:
    """The folder of a set, once it is known to be that set.

    Raises
    ------
    SystemExit
        Without an error where the set is absent, which is said; with one where other images stand there.
    """
    wanted, folder = SETS[name], place / name
    if not folder.is_dir():
        print(f"left out, for {folder} is absent: {wanted.source}", file=sys.stderr)
        raise SystemExit(0)
    found = digest(folder)
    if found != wanted.sha256:
        raise SystemExit(
            f"{folder}: expected the images that the tables were measured on (SHA-256 {wanted.sha256}), received others "
            f"({found}); {name} is: {wanted.source}"
        )
    return folder
