/* Erosion, dilation and the mask of what is dark after dilation. */
#include <string.h>

#include "parts.h"

int fdi_extreme_plan(extreme *plan, const level *level, word kind, shape shape, const fd_params *params, memory *memory) {
    static const word blocks[6] = FD_BLOCKS;
    const word height = params->structuring_height;
    *plan = (extreme){.level = level, .shape = shape, .kind = kind, .ksize = {params->structuring_width, height}};
    plan->strips = fdi_cut(FD_STRIP_MORPHOLOGY, shape.width, shape.height, shape.threads, 1);
    plan->scratch = fdi_take(memory, (size_t)shape.threads * sizeof *plan->scratch);
    word planes = 1, rows = 0, pitch = shape.width;
    if (shape.width >= level->vector) {
        int block = 5;
        while (blocks[block] > height) block--;
        plan->kernel = level->extreme[kind][block];
        planes = 3;
        rows = 2 * ((5 + blocks[block]) / blocks[block]) * blocks[block];
        pitch = (shape.width + 4 * FD_EXTREME_MARGIN + 63) / 64 * 64;
    }
    const word bytes = planes * (rows ? rows : 1) * pitch;
    for (word slot = 0; slot < shape.threads; slot++) {
        uint8_t *data = fdi_take(memory, (size_t)bytes);
        if (memory->failed) return 0;
        memset(data, kind == ERODE ? 255 : 0, (size_t)bytes);
        plan->scratch[slot] = rows ? fdi_array(data, 1, planes, rows, pitch) : fdi_array(data, 1, pitch, 0, 0);
        fdi_place(&plan->scratch[slot]);
    }
    return 1;
}

static void strip(void *context, word index, word slot) {
    extreme *plan = context;
    const level *level = plan->level;
    const word rows[2] = {fdi_from(&plan->strips, index), fdi_to(&plan->strips, index)};
    const array *scratch = &plan->scratch[slot];
    if (plan->kernel != NULL)
        plan->dark[index] = plan->kernel(NULL, plan->source, plan->target, rows[0], rows[1], plan->ksize[0],
                                         plan->ksize[1], plan->threshold, scratch);
    else if (plan->kind == MASK)
        plan->dark[index] = level->plain_mask(plan->source, plan->target, rows, plan->ksize, plan->threshold, scratch);
    else
        level->plain_extreme(plan->source, plan->target, rows, plan->ksize, plan->kind == ERODE ? 255 : 0, scratch);
}

word fdi_extreme_run(extreme *plan, pool *pool, const array *source, const array *target, word threshold) {
    if (plan->kind != MASK && plan->ksize[0] == 1 && plan->ksize[1] == 1) {
        memcpy(target->data, source->data, (size_t)(plan->shape.width * plan->shape.height));
        return 0;
    }
    plan->source = source;
    plan->target = target;
    plan->threshold = threshold;
    fdi_pool_run(pool, strip, plan, plan->strips.count);
    word dark = 0;
    for (word index = 0; index < plan->strips.count; index++) dark += plan->dark[index];
    return dark;
}
