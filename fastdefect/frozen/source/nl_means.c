/* NL-means: tiles, the numbers of a tile and the memory of a thread, as fastdefect/backends/nl_means_memory.py has them. */
#include "parts.h"

enum { TILE = 256, LINE = 64, PARTS = 15 };

static word ceiling(word a, word b) { return (a + b - 1) / b; }

static word largest(word a, word b) { return a > b ? a : b; }

const nl_means_set *fdi_nl_means_find(const level *level, const fd_params *params) {
    for (word i = 0; i < level->set_count; i++) {
        const nl_means_set *set = &level->sets[i];
        if (set->h == params->h && set->template_window / 2 == params->template_window / 2 &&
            set->search_window / 2 == params->search_window / 2)
            return set;
    }
    return NULL;
}

/* Cut into tiles of nearly equal size, rows in multiples of a block, a multiple of the threads where the image allows. */
static int cut(nl_means *plan, memory *memory) {
    const word width = plan->shape.width, height = plan->shape.height;
    word down = ceiling(height, TILE);
    const word across = ceiling(width, TILE);
    while (down * across % plan->shape.threads && down * FD_NL_MEANS_ROWS * 2 < height) down++;
    const word rows = ceiling(ceiling(height, down), FD_NL_MEANS_ROWS) * FD_NL_MEANS_ROWS;
    const word columns = ceiling(width, across);
    plan->count = ceiling(height, rows) * ceiling(width, columns);
    plan->areas = fdi_take(memory, (size_t)plan->count * sizeof *plan->areas);
    if (memory->failed) return 0;
    word(*area)[4] = plan->areas;
    for (word y = 0; y < height; y += rows)
        for (word x = 0; x < width; x += columns, area++) {
            (*area)[0] = y;
            (*area)[1] = y + rows < height ? y + rows : height;
            (*area)[2] = x;
            (*area)[3] = x + columns < width ? x + columns : width;
        }
    return 1;
}

/* `Geometry`, in its order. */
enum { T, S, K, VECTORS, USED_ROWS, HEIGHT, PLAIN_BIAS, OTHER_BIAS, LIMIT, MOST, ROUGH, LARGEST, RING_SIZE, SUMS_SIZE };

static void measure(nl_means *plan) {
    const nl_means_set *set = plan->set;
    word *n = plan->numbers, width = 0, height = 0;
    for (word i = 0; i < plan->count; i++) {
        width = largest(width, plan->areas[i][3] - plan->areas[i][2]);
        height = largest(height, ceiling(plan->areas[i][1] - plan->areas[i][0], FD_NL_MEANS_ROWS));
    }
    n[T] = set->template_window / 2;
    n[S] = set->search_window / 2;
    plan->border = n[S] + n[T];
    n[K] = largest(ceiling(width + 2 * plan->border + 1, set->lanes), 2 * n[T] + 1);
    n[HEIGHT] = height * FD_NL_MEANS_ROWS;
    const word behind = ceiling(n[S], FD_NL_MEANS_ROWS) * FD_NL_MEANS_ROWS, planes = 2 * n[S] + 2;
    n[VECTORS] = n[K] + 2 * plan->border + 1;
    n[USED_ROWS] = n[HEIGHT] + behind + 2 * plan->border;
    n[PLAIN_BIAS] = set->plain_bias;
    n[OTHER_BIAS] = set->other_bias;
    n[LIMIT] = set->limit;
    n[MOST] = set->most;
    n[ROUGH] = set->rough;
    n[LARGEST] = set->largest;
    n[RING_SIZE] = 2 * (behind + FD_NL_MEANS_ROWS) * n[K] * planes * set->lanes;
    n[SUMS_SIZE] = 8 * n[HEIGHT] * n[K] * set->lanes;
    plan->columns = set->lanes * n[K] + 2 * plan->border + 1;
    plan->skip[0] = n[T];
    plan->skip[1] = plan->border + 1 + n[T];
}

/* Where the weight of the position dx columns to the left lies, for every vector and shift, see `_turns` in Python. */
static void turns(const nl_means *plan, word *tables) {
    const word k = plan->numbers[K], s = plan->numbers[S], lanes = plan->set->lanes;
    const word firsts[2] = {1, -s}, counts[2] = {s, 2 * s + 1};
    for (int table = 0; table < 2; table++) {
        const word planes = (counts[table] + 1) / 2 * 2;
        word *at = tables + table * k * (2 * s + 2);
        for (word vector = 0; vector < k; vector++)
            for (word plane = 0; plane < planes; plane++) {
                const word position = vector - firsts[table] - plane;
                const word turn = position >= 0 ? position / k : -((-position + k - 1) / k);
                *at++ = ((position - turn * k) * planes + plane) * 2 * lanes + 2 * turn;
            }
    }
}

static int plan_scratch(nl_means *plan, memory *memory) {
    const word *n = plan->numbers, lanes = plan->set->lanes, parts = plan->set->weight_parts;
    const word row = n[VECTORS] * lanes, half = n[USED_ROWS] / 2 + 1, planes = 2 * n[S] + 2;
    const word whole = ceiling(n[VECTORS], FD_NL_MEANS_COLUMNS) * FD_NL_MEANS_COLUMNS * lanes;
    const word line = (n[K] + 2 * n[T] + 1) * lanes;
    const struct {
        size_t item;
        word rows, columns, deep;
    } part[PARTS] = {
        {1, n[USED_ROWS], 0, 0},
        {1, n[USED_ROWS], 0, 0},
        {1, row, 0, 0},
        {1, 2, whole, 0},
        {2, 2, half, row},
        {2, n[USED_ROWS] * row * 2, 0, 0},
        {2, plan->set->parts * FD_NL_MEANS_ROWS * line, 0, 0},
        {2, parts * n[RING_SIZE] / 2 + 4 * lanes, 0, 0},
        {8, FD_NL_MEANS_ROWS * (n[S] / FD_NL_MEANS_ROWS + 2) / 2, 0, 0},
        {8, n[S] + 1, 0, 0},
        {4, parts * n[SUMS_SIZE] / 4, 0, 0},
        {8, 2, n[K] * planes, 0},
        {4, lanes, 0, 0},
        {1, n[K] * lanes, 0, 0},
        {4, row, 0, 0},
    };
    size_t sizes[PARTS], total = 0;
    for (int i = 0; i < PARTS; i++) {
        const word count = part[i].rows * (part[i].columns ? part[i].columns : 1) * (part[i].deep ? part[i].deep : 1);
        sizes[i] = ((size_t)count * part[i].item + LINE - 1) / LINE * LINE;
        total += sizes[i];
    }
    plan->arrays = fdi_take(memory, (size_t)plan->shape.threads * PARTS * sizeof *plan->arrays);
    plan->scratch = fdi_take(memory, (size_t)plan->shape.threads * sizeof *plan->scratch);
    for (word slot = 0; slot < plan->shape.threads; slot++) {
        /* as much as gets large pages: the kernel walks through more small ones than the processor keeps at hand */
        char *data = fdi_take(memory, total > ((size_t)1 << 22) ? total : (size_t)1 << 22);
        if (memory->failed) return 0;
        for (int i = 0; i < PARTS; data += sizes[i], i++) {
            array *made = &plan->arrays[slot * PARTS + i];
            *made = fdi_array(data, part[i].item, part[i].rows, part[i].columns, part[i].deep);
            fdi_place(made);
            plan->scratch[slot][i] = FDI_WORD(made);
        }
        turns(plan, plan->arrays[slot * PARTS + 11].data);
    }
    return 1;
}

/* Border reflect-101, applied repeatedly. */
static void reflect(word *map, word first, word count, word size) {
    const word period = 2 * size - 2;
    for (word i = 0; i < count; i++) {
        word folded = 0;
        if (size > 1) {
            folded = (first + i) % period;
            if (folded < 0) folded += period;
            if (folded > period - folded) folded = period - folded;
        }
        map[i] = folded;
    }
}

static int plan_maps(nl_means *plan, memory *memory) {
    const word rows = plan->numbers[USED_ROWS], each = rows + plan->columns;
    word *maps = fdi_take(memory, (size_t)(plan->count * each) * sizeof *maps);
    word *tallies = fdi_take(memory, (size_t)plan->count * 2 * sizeof *tallies);
    plan->maps = fdi_take(memory, (size_t)plan->count * 2 * sizeof *plan->maps);
    plan->tallies = fdi_take(memory, (size_t)plan->count * sizeof *plan->tallies);
    if (memory->failed) return 0;
    for (word i = 0; i < plan->count; i++, maps += each) {
        reflect(maps, plan->areas[i][0] - plan->border, rows, plan->shape.height);
        reflect(maps + rows, plan->areas[i][2] - 2 * plan->border - 1, plan->columns, plan->shape.width);
        plan->maps[2 * i] = fdi_array(maps, sizeof *maps, rows, 0, 0);
        plan->maps[2 * i + 1] = fdi_array(maps + rows, sizeof *maps, plan->columns, 0, 0);
        plan->tallies[i] = fdi_array(tallies + 2 * i, sizeof *tallies, 2, 0, 0);
        fdi_place(&plan->maps[2 * i]);
        fdi_place(&plan->maps[2 * i + 1]);
        fdi_place(&plan->tallies[i]);
    }
    return 1;
}

int fdi_nl_means_plan(nl_means *plan, const level *level, const nl_means_set *set, shape shape, memory *memory) {
    *plan = (nl_means){.set = set, .level = level, .shape = shape};
    if (!cut(plan, memory)) return 0;
    measure(plan);
    plan->plain = fdi_array((void *)set->plain, sizeof *set->plain, set->plain_size, 0, 0);
    plan->general = fdi_array((void *)set->general, sizeof *set->general, set->general_size, 0, 0);
    fdi_place(&plan->plain);
    fdi_place(&plan->general);
    return plan_scratch(plan, memory) && plan_maps(plan, memory);
}

static void tile(void *context, word index, word slot) {
    const nl_means *plan = context;
    const nl_means_set *set = plan->set;
    const word *area = plan->areas[index], *scratch = plan->scratch[slot], *numbers = plan->numbers;
    const array *arrays = &plan->arrays[slot * PARTS], *rows = &plan->maps[2 * index], *columns = rows + 1;
    const word width = plan->shape.width;
    array target = fdi_array((uint8_t *)plan->target->data + area[0] * width + area[2], 1, area[1] - area[0],
                             area[3] - area[2], 0);
    fdi_place(&target);
    target.own[3] = width;
    set->fill(NULL, numbers, scratch, plan->source, rows, columns);
    if (plan->level->span(&arrays[0], &arrays[1]) <= 1) {
        plan->level->mean(plan->source, rows, columns, plan->skip, numbers[S], &arrays[14], &target);
        return;
    }
    word *tally = plan->tallies[index].data;
    tally[0] = tally[1] = 0;
    set->sum(NULL, numbers, scratch, &plan->plain, &plan->general, ceiling(area[1] - area[0], FD_NL_MEANS_ROWS),
             &plan->tallies[index]);
    set->finish(NULL, numbers, scratch, &target);
}

void fdi_nl_means_run(nl_means *plan, pool *pool, const array *source, const array *target) {
    plan->source = source;
    plan->target = target;
    fdi_pool_run(pool, tile, plan, plan->count);
}
