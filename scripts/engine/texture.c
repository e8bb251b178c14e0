/* The texture model: the same map by one thread and by three, then files with bytes changed by chance whose checksum is right.

       texture MODEL.fdm FILES */
#include <fastdefect_engine.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 112, HEIGHT = 96, HEAD = 24, MOST = 1 << 16 };

static uint8_t good[MOST], file[MOST], image[HEIGHT * (3 * WIDTH + 7)], mask[HEIGHT * WIDTH];
static float first[HEIGHT * WIDTH], map[HEIGHT * WIDTH];
static uint64_t state = 1;

static uint32_t draw(uint32_t below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % below;
}

static void sign(size_t size) {
    uint32_t sum = 0xFFFFFFFFu;
    for (size_t i = HEAD; i < size; i++) {
        sum ^= file[i];
        for (int bit = 0; bit < 8; bit++) sum = sum >> 1 ^ (sum & 1 ? 0xEDB88320u : 0);
    }
    for (int i = 0; i < 4; i++) file[20 + i] = (uint8_t)(~sum >> 8 * i);
}

static int inspect(size_t size, int32_t threads, float *to) {
    fd_texture *texture = fd_texture_create(file, size, WIDTH, HEIGHT, 0, threads);
    if (texture == NULL) return -1;
    fd_texture_verdict verdict;
    const fd_image place = {mask, WIDTH};
    const fd_status status =
        fd_texture_run(texture, image, 3 * WIDTH + 7, 3, to, WIDTH * (ptrdiff_t)sizeof *to, &place, &verdict);
    fd_texture_destroy(texture);
    return status == FD_OK ? 0 : -1;
}

int main(int argc, char **argv) {
    FILE *source = argc > 2 ? fopen(argv[1], "rb") : NULL;
    if (source == NULL) return 2;
    const size_t size = fread(good, 1, MOST, source);
    fclose(source);
    for (size_t i = 0; i < sizeof image; i++) image[i] = (uint8_t)(100 + draw(80));
    memcpy(file, good, size);
    if (inspect(size, 1, first) || inspect(size, 3, map) || memcmp(first, map, sizeof map)) {
        fprintf(stderr, "texture: threads differ (%s)\n", fd_last_error());
        return 1;
    }
    int taken = 0, refused = 0;
    for (int n = 0; n < atoi(argv[2]); n++) {
        memcpy(file, good, size);
        for (uint32_t i = 0; i <= draw(3); i++) file[HEAD + draw((uint32_t)size - HEAD)] = (uint8_t)draw(256);
        sign(size);
        if (inspect(size, 2, map))
            refused++;
        else
            taken++;
    }
    printf("%d files taken, %d refused\n", taken, refused);
    return 0;
}
