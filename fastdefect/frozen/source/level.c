/* What a library of frozen kernels says of itself and of the processor that it runs on. */
#include <stdint.h>

extern const char fd_table_text[];

/* Lines of text: the digest of the sources; then, of each kernel, symbol, name, arguments, result, between tabs. */
const char *fd_table(void) { return fd_table_text; }

#if defined(__x86_64__)
typedef struct {
    uint32_t a, b, c, d;
} words;

static words cpuid(uint32_t leaf, uint32_t part) {
    words found;
    __asm__ volatile("cpuid" : "=a"(found.a), "=b"(found.b), "=c"(found.c), "=d"(found.d) : "a"(leaf), "c"(part));
    return found;
}

static int has(uint32_t word, uint32_t bits) { return (word & bits) == bits; }

/* The highest level of x86-64 that processor and system have: 1 ... 4. The compilers' own functions ask for less. */
int fd_level(void) {
    const words basic = cpuid(0, 0), extended = cpuid(0x80000000u, 0);
    if (basic.a < 1 || extended.a < 0x80000001u) return 1;
    const words one = cpuid(1, 0), more = cpuid(0x80000001u, 0);
    /* sse3 ssse3 cx16 sse4.1 sse4.2 popcnt; lahf */
    if (!has(one.c, 1u << 0 | 1u << 9 | 1u << 13 | 1u << 19 | 1u << 20 | 1u << 23) || !has(more.c, 1u << 0)) return 1;
    /* fma movbe xsave osxsave avx f16c; lzcnt */
    if (basic.a < 7 || !has(one.c, 1u << 12 | 1u << 22 | 1u << 26 | 1u << 27 | 1u << 28 | 1u << 29)) return 2;
    if (!has(more.c, 1u << 5)) return 2;
    const words seven = cpuid(7, 0);
    if (!has(seven.b, 1u << 3 | 1u << 5 | 1u << 8)) return 2; /* bmi1 avx2 bmi2 */
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    (void)high;
    if (!has(low, 0x6)) return 2; /* the system keeps xmm and ymm registers */
    /* avx512 f dq cd bw vl; zmm registers and masks */
    if (!has(seven.b, 1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31) || !has(low, 0xe6)) return 3;
    return 4;
}
#else
int fd_level(void) { return 0; }
#endif
