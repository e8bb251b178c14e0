"""``python -m bench_images`` makes the images and the manifest, ``--check`` verifies them."""

import argparse
import sys
from pathlib import Path

from bench_images import manifest


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench_images", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; compare")
    parser.add_argument("--folder", type=Path, default=manifest.FOLDER, help="another place")
    chosen = parser.parse_args(arguments)
    if chosen.check:
        faults = manifest.check(chosen.folder)
        for fault in faults:
            print(fault)
        print(f"{len(manifest.load(chosen.folder))} images, {len(faults)} differences")
        return int(bool(faults))
    for name in manifest.write(chosen.folder):
        print(name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
