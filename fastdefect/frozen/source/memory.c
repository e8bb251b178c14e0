/* Memory of an engine, and arrays in it as kernels take them. */
#define _DEFAULT_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "parts.h"

enum { LINE = 64, LARGE_PAGE = 1 << 21, LARGE_BLOCK = 1 << 22 };

/* Large blocks begin on a large page: NL-means walks through more small pages at a time than the first level of the
   processor's cache of page tables holds. */
void *fdi_room(memory *memory, size_t bytes) {
    const size_t most = sizeof memory->blocks / sizeof memory->blocks[0];
    if (memory->failed || (size_t)memory->count == most || bytes > SIZE_MAX / 2) {
        memory->failed = 1;
        return NULL;
    }
    const size_t unit = bytes >= LARGE_BLOCK ? LARGE_PAGE : LINE;
    const size_t size = (bytes + unit) / unit * unit;
    void *block = aligned_alloc(unit, size);
    if (block == NULL) {
        memory->failed = 1;
        return NULL;
    }
#ifdef MADV_HUGEPAGE
    if (unit == LARGE_PAGE) madvise(block, size, MADV_HUGEPAGE);
#endif
    memory->blocks[memory->count++] = block;
    return block;
}

void *fdi_take(memory *memory, size_t bytes) {
    void *block = fdi_room(memory, bytes);
    return block == NULL ? NULL : memset(block, 0, bytes);
}

void fdi_give_back(memory *memory) {
    while (memory->count > 0) free(memory->blocks[--memory->count]);
}

array fdi_array(void *data, size_t item, word rows, word columns, word deep) {
    array made = {.data = data, .axes = 1 + (columns > 0) + (deep > 0)};
    const word lengths[3] = {rows, columns, deep};
    word stride = (word)item;
    for (int axis = made.axes - 1; axis >= 0; axis--) {
        made.own[axis] = lengths[axis];
        made.own[3 + axis] = stride;
        stride *= lengths[axis];
    }
    return made;
}

void fdi_place(array *array) {
    array->lengths = array->own;
    array->strides = array->own + 3;
}

strips fdi_cut(word least_pixels, word width, word height, word threads, word minimum) {
    const word least = (least_pixels + width - 1) / width;
    word rows = height;
    if (threads > 1) {
        rows = (height + 2 * threads - 1) / (2 * threads);
        if (rows < least) rows = least;
        if (rows < minimum) rows = minimum;
        if (rows > height) rows = height;
    }
    return (strips){rows, (height + rows - 1) / rows, height};
}

word fdi_from(const strips *strips, word index) { return index * strips->rows; }

word fdi_to(const strips *strips, word index) {
    const word end = (index + 1) * strips->rows;
    return end < strips->height ? end : strips->height;
}
