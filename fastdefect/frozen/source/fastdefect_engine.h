/* The article's detector of fastdefect as an engine for C and C++: value channel, box blur, NL-means, Otsu, dilation.

   Pixels       8 bits, rows from top to bottom. An image is the address of its first row and its pitch: bytes from a row to the
                next, at least a row's bytes. Images are the caller's, are read or written during the call alone, and may not
                overlap.
   Memory       fd_engine_create takes all that an engine needs; fd_engine_run and fd_engine_defects take none.
   Threads      An engine has `threads - 1` threads of its own, which sleep between calls. One call at a time: a second one
                that comes meanwhile is refused (FD_BUSY). Different engines may run at once. After fork() a child makes
                engines of its own and leaves the parent's alone.
   Errors       Functions return FD_OK or another fd_status; fd_last_error() has it in words, of the calling thread. Nothing
                was changed then, but for outputs where it says so.
   Results      Byte for byte those of the Python package and of OpenCV, for any pitch, level and number of threads. */
#ifndef FASTDEFECT_ENGINE_H
#define FASTDEFECT_ENGINE_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef enum fd_status {
    FD_OK = 0,
    FD_ARGUMENT = 1,    /* an argument is missing, out of its range, or overlaps another one */
    FD_UNSUPPORTED = 2, /* parameters, or a processor, that this library has no kernels for */
    FD_MEMORY = 3,      /* the system gave no memory, or no thread */
    FD_BUSY = 4,        /* another thread is in this engine */
    FD_ROOM = 5,        /* more runs or defects than there is room for */
    FD_ORDER = 6        /* nothing has been inspected yet, or the engine was made without a table of defects */
} fd_status;

/* What is inspected for. Fill in by fd_params_default and change what you need. */
typedef struct fd_params {
    uint32_t size;              /* sizeof(fd_params), set by fd_params_default */
    int32_t level;              /* highest level of x86-64 to use, 2 ... 4; 0 for the processor's best */
    int32_t blur_width;         /* box blur in pixels, 1 ... 255; 16 */
    int32_t blur_height;
    double h;                   /* strength of NL-means in grey levels; 10 */
    int32_t template_window;    /* sides in pixels of the patches that NL-means compares, 7, */
    int32_t search_window;      /* and of the window in which it looks for them, 22 (acts as 23) */
    int32_t structuring_width;  /* rectangle of ones for erosion and dilation in pixels, 1 ... 63; 5 */
    int32_t structuring_height;
    int64_t max_dark_pixels;    /* an image is defective when more pixels than this are dark; 1 */
    int64_t most_runs;          /* room for the table of defects: so many runs of dark pixels, some 210 bytes each, at most 2^30;
                                   0: no table */
    int64_t min_area;           /* fewest pixels of a defect; 1 */
    int32_t merge_distance;     /* defects with at most so many pixels between them are one, 0 ... 255; 0: sides and corners */
    int32_t surroundings;       /* greys compare with pixels so far away, 1 ... 255; 8 */
} fd_params;

/* An image of the caller's. */
typedef struct fd_image {
    uint8_t *data;
    ptrdiff_t pitch;
} fd_image;

/* Where to put what stages make; data NULL: not wanted. One byte a pixel, hsv three (of colour images alone). */
typedef struct fd_outputs {
    fd_image hsv;       /* hue 0 ... 179, saturation, value */
    fd_image value;     /* largest of blue, green, red */
    fd_image blurred;
    fd_image filtered;  /* by NL-means */
    fd_image binary;    /* 255 above the threshold, else 0 */
    fd_image erosion;
    fd_image dilation;
    fd_image mask;      /* 1 where the dilation is 0, else 0 */
} fd_outputs;

/* What was found. */
typedef struct fd_verdict {
    int32_t is_defective;      /* 0 or 1 */
    int32_t otsu_threshold;    /* grey level 0 ... 255 */
    int32_t is_doubtful;       /* 1: another level splits the histogram equally well but for rounding. OpenCV with Intel's IPP,
                                  which the Python package asks then, may take that one */
    int32_t level;             /* of x86-64 whose kernels ran; 0 on other machines */
    int64_t dark_pixels;       /* that are 0 after dilation: the article's count of zeros */
} fd_verdict;

/* A connected region of dark pixels (8 neighbours), as the Python package's table has it; see fd_engine_defects. */
typedef struct fd_defect {
    int64_t label;      /* 1 for the first from top to bottom */
    int64_t box[4];     /* first row, first column, row behind the last, column behind the last */
    int64_t sums[6];    /* of 1 (the area), r, c, r r, r c, c c over its pixels, from the box's corner */
    int64_t edges[3];   /* twelfths of steps along the edge: across, down, diagonal */
    int64_t scores[2];  /* darkness after dilation, 0 ... 255: sum over its pixels; the second is 0 (fractions) */
    int64_t greys[3];   /* of the filtered image: sum of its levels inside; pixels around, and the sum of theirs */
    double peak;        /* highest darkness */
    int64_t first_run;  /* its runs begin here in the array of runs, */
    int64_t runs;       /* so many */
} fd_defect;

/* A run of dark pixels: start ... stop - 1 of a row. */
typedef struct fd_run {
    int32_t row, start, stop;
} fd_run;

typedef struct fd_engine fd_engine;

/* The article's constants; size says which fd_params the caller was compiled with. */
fd_status fd_params_default(fd_params *params, uint32_t size);

/* An engine for images of a size, 1 ... 2^20 pixels each way and at most 2^30 in all; params NULL: the article's; threads
   1 ... 256. NULL if that fails: see fd_last_status, fd_last_error. The caller's, until fd_engine_destroy. */
fd_engine *fd_engine_create(int32_t width, int32_t height, const fd_params *params, int32_t threads);

/* Inspect an image of `channels` bytes a pixel: 1 (grey), 3 (BGR) or 4 (BGR and one that is left out). `outputs` may be NULL,
   `verdict` may not. */
fd_status fd_engine_run(fd_engine *engine, const uint8_t *image, ptrdiff_t pitch, int32_t channels,
                        const fd_outputs *outputs, fd_verdict *verdict);

/* The defects of the last image, from top to bottom. *count and *run_count: in, room of the arrays; out, what there is, with
   FD_ROOM also where that is more than the room (nothing is written then; ask with room 0). Either array may be NULL with room 0.
   The engine has to be made with params.most_runs. */
fd_status fd_engine_defects(fd_engine *engine, fd_defect *defects, int64_t *count, fd_run *runs, int64_t *run_count);

/* Give everything back. NULL does nothing. */
void fd_engine_destroy(fd_engine *engine);

/* The texture model, which learned from good images: trained in Python, written as MODEL.fdm by
   `python -m fastdefect.freezer.texture_file MODEL.json MODEL.fdm`. What is said above of engines holds for it. It does not tell
   images that show something else (the Python package's is_unusable). */
typedef struct fd_texture fd_texture;

typedef struct fd_texture_verdict {
    int32_t is_defective;  /* 0 or 1: score > threshold */
    int32_t level;         /* as in fd_verdict */
    double score;          /* mean of the 20 highest values of the map */
    double threshold;      /* the model's */
} fd_texture_verdict;

/* A model of a file (its bytes; they are not needed afterwards) for images of a size, at least 32 pixels each way; level as in
   fd_params. NULL if that fails, as for a file that is cut off, damaged or of another width than its column profile. */
fd_texture *fd_texture_create(const void *file, size_t bytes, int32_t width, int32_t height, int32_t level, int32_t threads);

/* Inspect an image of as many channels as the model was trained on (4 count as 3). `map`, NULL or height rows of width floats,
   `map_pitch` bytes from a row to the next, a multiple of 4; `mask`, NULL or where 1 is written above the model's limit. */
fd_status fd_texture_run(fd_texture *texture, const uint8_t *image, ptrdiff_t pitch, int32_t channels, float *map,
                         ptrdiff_t map_pitch, const fd_image *mask, fd_texture_verdict *verdict);

void fd_texture_destroy(fd_texture *texture);

/* Of the calling thread's last call that failed: its status, and what was expected and received in English (never NULL). */
fd_status fd_last_status(void);
const char *fd_last_error(void);

/* The parameter sets of NL-means that this library has for a level (0: the processor's best), number 0 on: FD_ARGUMENT behind
   the last. */
fd_status fd_nl_means_set(int32_t level, int32_t number, double *h, int32_t *template_window, int32_t *search_window);

#ifdef __cplusplus
}
#endif
#endif
