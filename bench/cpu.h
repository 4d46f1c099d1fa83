/* cpu.h: what the benchmarks in C measure. */
#ifndef FORESELL_BENCH_CPU_H
#define FORESELL_BENCH_CPU_H

#include <time.h>

/* CPU seconds of the whole process so far. */
static inline double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

#endif
