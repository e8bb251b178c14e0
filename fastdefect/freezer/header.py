"""What a C program includes and links by: header, pkg-config file, CMake package."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from fastdefect.freezer.linking import SOURCE

ENGINE = "fastdefect_engine.h"
HEAD = """\
/* Frozen kernels of fastdefect {version}, for C and C++. Written by `fastdefect freeze`.

   Whole detectors are in fastdefect_engine.h, which a program that only inspects images includes alone; here is what they
   consist of.

   Kernels write into the caller's memory, allocate nothing, keep nothing, raise nothing and check nothing: lengths have to
   be right. They may run on any threads at once that share no memory they write to. A symbol's second part is its level:
   v2, v3, v4 of x86-64, aarch64, riscv64; call only what fd_level() allows.

   Arguments: an array is the address of an fd_array; a tuple is the address of 64-bit words, its parts one behind the other
   (integers, bits of doubles, addresses of fd_array); a specialization is NULL and stands in the comment. */
#ifndef FASTDEFECT_H
#define FASTDEFECT_H
#include "fastdefect_engine.h"
#ifdef __cplusplus
extern "C" {{
#endif

/* An array of the caller's. Lengths are numbers of elements, the first axis first; strides are in bytes. */
typedef struct fd_array {{
    void *unused[2];
    void *data;
    int32_t axes;
    int32_t unused_too;
    const intptr_t *lengths;
    const intptr_t *strides;
}} fd_array;

/* The highest level of x86-64 that processor and system have, 1 ... 4; 0 on other machines, which have one level. */
int fd_level(void);

/* Lines of text, the library's for ever: the digest of the sources; then of each kernel symbol, name, arguments and result,
   between tabs. */
const char *fd_table(void);

"""
TAIL = """\
#ifdef __cplusplus
}
#endif
#endif
"""
_PKG_CONFIG = """\
prefix=${{pcfiledir}}/../..
libdir=${{prefix}}/lib
includedir=${{prefix}}/include

Name: fastdefect
Description: Kernels of surface inspection with OpenCV's bytes
Version: {version}
Libs: -L${{libdir}} -lfastdefect
Libs.private: -lm -pthread
Cflags: -I${{includedir}}
"""
_CMAKE = """\
get_filename_component(_fastdefect "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
if(NOT TARGET fastdefect::fastdefect)
  add_library(fastdefect::fastdefect SHARED IMPORTED)
  set_target_properties(fastdefect::fastdefect PROPERTIES
    IMPORTED_LOCATION "${_fastdefect}/lib/libfastdefect.so"
    INTERFACE_INCLUDE_DIRECTORIES "${_fastdefect}/include")
endif()
"""


def prototype(symbol: str, arguments: str, returns: str, words: str) -> str:
    """The declaration of a kernel, with its arguments in a comment."""
    kinds = [_c_type(kind) for kind in parts(arguments)]
    several = returns.startswith("(")
    kinds += ["int64_t *"] * several
    result = "void" if several or not returns else "double" if returns[0] == "f" else "int64_t"
    return f"/* {words}\n   ({arguments}) -> {returns or 'nothing'} */\n{result} {symbol}({', '.join(kinds)});\n"


def parts(arguments: str) -> list[str]:
    """The arguments of a likeness: what stands between commas outside of all brackets."""
    found, depth = [""], 0
    for letter in arguments:
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and depth == 0:
            found.append("")
        else:
            found[-1] += letter
    return [part.strip() for part in found]


def _c_type(kind: str) -> str:
    if kind.endswith("]") and not kind.startswith("("):
        return "const fd_array *"
    if kind.endswith(")"):
        return "const int64_t *" if kind.startswith(("(", "kernels.")) else "const void *"
    return "double" if kind.startswith("f") else "int64_t"


def write(folder: Path, version: str, declarations: Iterable[str]) -> None:
    """Write header, pkg-config file and CMake package beside the libraries of ``folder/lib``."""
    for place in ("include", "lib/pkgconfig", "lib/cmake/fastdefect"):
        (folder / place).mkdir(parents=True, exist_ok=True)
    text = HEAD.format(version=version) + "\n".join(declarations) + "\n" + TAIL
    (folder / "include" / "fastdefect.h").write_text(text, "utf-8")
    shutil.copyfile(SOURCE / ENGINE, folder / "include" / ENGINE)
    config = _PKG_CONFIG.format(version=version)
    (folder / "lib/pkgconfig/fastdefect.pc").write_text(config, "utf-8")
    (folder / "lib/cmake/fastdefect/fastdefect-config.cmake").write_text(_CMAKE, "utf-8")
