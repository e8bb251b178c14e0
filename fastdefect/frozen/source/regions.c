/* Connected regions of a mask and all that adds up over their pixels, as fastdefect/defects/find.py has them. */
#include <string.h>

#include "parts.h"

/* An array of the plan's with memory of its own; without `columns` of one axis. */
static array take(memory *memory, size_t item, word rows, word columns) {
    const word count = rows * (columns ? columns : 1);
    return fdi_array(fdi_room(memory, (size_t)(count ? count : 1) * item), item, rows, columns, 0);
}

int fdi_regions_plan(regions *plan, const level *level, shape shape, const fd_params *params, memory *memory) {
    const word most = params->most_runs, w = shape.width, h = shape.height;
    *plan = (regions){.level = level, .shape = shape, .most = most};
    if (most == 0) return 1;
    plan->reach = params->surroundings;
    plan->gap = params->merge_distance;
    plan->least = params->min_area;
    if (!fdi_extreme_plan(&plan->dilation, level, DILATE, shape, params, memory)) return 0;
    const struct {
        array *array;
        size_t item;
        word rows, columns;
    } parts[] = {
        {&plan->row_counts, 8, h, 0}, {&plan->rows, 8, h + 1, 0},   {&plan->runs, 4, most, 3},
        {&plan->parent, 8, most, 0},  {&plan->labels, 8, most, 0},  {&plan->areas, 8, most, 0},
        {&plan->first, 8, most + 1, 0}, {&plan->sorted, 4, most, 3}, {&plan->boxes, 8, most, 4},
        {&plan->sums, 8, most, 6},    {&plan->edges, 8, most, 3},   {&plan->scores, 8, most, 2},
        {&plan->peaks, 4, most, 0},   {&plan->greys, 8, most, 3},   {&plan->paint, 1, 3, w + 2},
        {&plan->marks, 1, 3, w + 2},  {&plan->cover, 4, w, 0},      {&plan->nowhere, 1, 0, 1},
        {&plan->spread, 1, h, w},     {&plan->score, 4, h, w},
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        *parts[i].array = take(memory, parts[i].item, parts[i].rows, parts[i].columns);
        fdi_place(parts[i].array);
    }
    if (memory->failed) return 0;
    plan->nowhere.own[1] = 0;
    memset(plan->cover.data, 0, (size_t)w * 4); /* kernels leave it so */
    *(word *)plan->rows.data = 0;
    return 1;
}

/* The table for regions that are known, from the runs by rows and the label of each. */
static void measure(regions *plan, pool *pool, const array *mask, const array *filtered) {
    static const word corner[2] = {0, 0};
    const level *level = plan->level;
    const word pixels = plan->shape.width * plan->shape.height;
    array *of_regions[] = {&plan->boxes, &plan->sums, &plan->edges, &plan->scores, &plan->peaks, &plan->greys};
    for (int i = 0; i < 6; i++) of_regions[i]->own[0] = plan->count;
    level->sort_runs(&plan->runs, &plan->labels, &plan->first, &plan->sorted);
    level->measure_runs(&plan->sorted, &plan->first, &plan->boxes, &plan->sums);
    memset(plan->edges.data, 0, (size_t)plan->count * 3 * sizeof(word));
    level->steps(&plan->runs, &plan->rows, &plan->labels, &plan->paint, &plan->marks, &plan->edges);
    fdi_extreme_run(&plan->dilation, pool, filtered, &plan->spread, 0);
    const uint8_t *spread = plan->spread.data;
    float *score = plan->score.data;
    for (word i = 0; i < pixels; i++) score[i] = (float)(255 - spread[i]);
    level->score_runs(&plan->sorted, &plan->first, &plan->score, &plan->scores, &plan->peaks);
    level->rings(mask, &plan->nowhere, filtered, corner, &plan->sorted, &plan->first, &plan->boxes, plan->reach,
                 &plan->cover, &plan->greys);
}

word fdi_regions_find(regions *plan, pool *pool, const array *mask, const array *filtered) {
    const level *level = plan->level;
    const word height = plan->shape.height, *counts = plan->row_counts.data;
    word *rows = plan->rows.data, kept = 0;
    level->count_runs(mask, 0, height, &plan->row_counts);
    for (word y = 0; y < height; y++) rows[y + 1] = rows[y] + counts[y];
    plan->count = plan->run_count = 0;
    const word found = rows[height];
    if (found > plan->most || found == 0) return found;
    array *of_runs[] = {&plan->runs, &plan->parent, &plan->labels, &plan->areas};
    for (int i = 0; i < 4; i++) of_runs[i]->own[0] = found;
    level->fill_runs(mask, &plan->rows, 0, height, &plan->runs);
    level->join_runs(&plan->runs, &plan->rows, plan->gap, &plan->parent);
    plan->count = level->label_runs(&plan->runs, &plan->parent, plan->least, &plan->labels, &plan->areas);
    for (word i = 0; i < found; i++) kept += ((const word *)plan->labels.data)[i] >= 0;
    plan->run_count = plan->sorted.own[0] = kept;
    plan->first.own[0] = plan->count + 1;
    if (plan->count > 0) measure(plan, pool, mask, filtered);
    return found;
}

void fdi_regions_write(const regions *plan, fd_defect *defects, fd_run *runs) {
    const word *boxes = plan->boxes.data, *sums = plan->sums.data, *edges = plan->edges.data, *first = plan->first.data;
    const word *scores = plan->scores.data, *greys = plan->greys.data;
    const float *peaks = plan->peaks.data;
    for (word i = 0; defects != NULL && i < plan->count; i++) {
        fd_defect *made = &defects[i];
        *made = (fd_defect){.label = i + 1, .peak = peaks[i], .first_run = first[i], .runs = first[i + 1] - first[i]};
        memcpy(made->box, boxes + 4 * i, sizeof made->box);
        memcpy(made->sums, sums + 6 * i, sizeof made->sums);
        memcpy(made->edges, edges + 3 * i, sizeof made->edges);
        memcpy(made->scores, scores + 2 * i, sizeof made->scores);
        memcpy(made->greys, greys + 3 * i, sizeof made->greys);
    }
    if (runs != NULL && plan->run_count > 0) memcpy(runs, plan->sorted.data, (size_t)plan->run_count * sizeof *runs);
}
