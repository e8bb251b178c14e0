/* The box filter of grey images, and of the value channel of colour ones. */
#include <string.h>

#include "parts.h"

/* (delta, scale) of OpenCV's reciprocal for windows of up to 256 pixels, see kernels/box_blur/quotient.py. */
static void reciprocal(word area, word *divisor) {
    const double exact = (double)(1 << 23) / (double)area;
    divisor[1] = (word)exact;
    divisor[0] = area / 2 + 1;
    if (area == 1) {
        divisor[0] = 0;
    } else if (exact - (double)divisor[1] >= 0.5) {
        divisor[0] = area / 2;
        divisor[1]++;
    }
}

static int plan_plain(blur *plan, memory *memory) {
    const shape shape = plan->shape;
    uint8_t *values = fdi_take(memory, (size_t)(shape.width * shape.height));
    word *columns = fdi_take(memory, (size_t)(shape.threads * shape.width) * sizeof *columns);
    plan->columns = fdi_take(memory, (size_t)shape.threads * sizeof *plan->columns);
    if (memory->failed) return 0;
    plan->values = fdi_array(values, 1, shape.height, shape.width, 0);
    fdi_place(&plan->values);
    for (word slot = 0; slot < shape.threads; slot++) {
        plan->columns[slot] = fdi_array(columns + slot * shape.width, sizeof *columns, shape.width, 0, 0);
        fdi_place(&plan->columns[slot]);
    }
    return 1;
}

static int plan_vectors(blur *plan, memory *memory, size_t sum) {
    const word width = plan->shape.width, room = width + 2 * FD_BLUR_MARGIN, rows = plan->ksize[1] + FD_BLUR_ROWS;
    const struct {
        size_t item;
        word rows, columns;
    } parts[5] = {{2, width, 0}, {2, 2, width}, {2, FD_BLUR_ROWS, room}, {sum, room, 0}, {1, rows, width}};
    plan->arrays = fdi_take(memory, (size_t)plan->shape.threads * 5 * sizeof *plan->arrays);
    plan->scratch = fdi_take(memory, (size_t)plan->shape.threads * sizeof *plan->scratch);
    for (word slot = 0; slot < plan->shape.threads; slot++)
        for (int part = 0; part < 5; part++) {
            const word count = parts[part].rows * (parts[part].columns ? parts[part].columns : 1);
            void *data = fdi_take(memory, (size_t)count * parts[part].item);
            if (memory->failed) return 0;
            array *made = &plan->arrays[5 * slot + part];
            *made = fdi_array(data, parts[part].item, parts[part].rows, parts[part].columns, 0);
            fdi_place(made);
            plan->scratch[slot][part] = FDI_WORD(made);
        }
    return 1;
}

int fdi_blur_plan(blur *plan, const level *level, shape shape, const fd_params *params, memory *memory) {
    const word w = params->blur_width, h = params->blur_height, area = w * h;
    const double scale = (float)(1.0 / (double)area);
    *plan = (blur){.level = level, .shape = shape, .ksize = {w, h}, .is_plain = shape.width < level->vector};
    plan->strips = fdi_cut(FD_STRIP_VALUE_BLUR, shape.width, shape.height, shape.threads, 2 * h);
    if (area <= 256) {
        reciprocal(area, plan->divisor);
        for (int i = 0; i < 3; i++) plan->window[2 + i] = fd_divisors[area][i];
    }
    plan->window[0] = w;
    plan->window[1] = h;
    memcpy(&plan->window[5], &scale, sizeof scale);
    plan->kind = area > 256 ? 2 : w > FD_BLUR_TAPS;
    return plan->is_plain ? plan_plain(plan, memory) : plan_vectors(plan, memory, area > 256 ? 4 : 2);
}

static void value_strip(void *context, word index, word slot) {
    const blur *plan = context;
    (void)slot;
    plan->level->plain_value(plan->source, &plan->values, fdi_from(&plan->strips, index), fdi_to(&plan->strips, index));
}

static void blur_strip(void *context, word index, word slot) {
    const blur *plan = context;
    const word rows[2] = {fdi_from(&plan->strips, index), fdi_to(&plan->strips, index)};
    if (plan->is_plain)
        plan->level->plain_blur(plan->source, plan->target, rows, plan->ksize, plan->divisor, &plan->columns[slot]);
    else
        plan->level->blur[plan->source->axes == 3][plan->kind](NULL, plan->source, plan->target, rows[0], rows[1],
                                                               plan->window, plan->scratch[slot]);
}

void fdi_blur_run(blur *plan, pool *pool, const array *source, const array *target) {
    plan->source = source;
    plan->target = target;
    if (plan->is_plain && source->axes == 3) {
        fdi_pool_run(pool, value_strip, plan, plan->strips.count);
        plan->source = &plan->values;
    }
    fdi_pool_run(pool, blur_strip, plan, plan->strips.count);
}
