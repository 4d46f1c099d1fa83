/* Threads: a loop over numbered tasks, and how many cores this process may use. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>

#include "foresell/base.h"

typedef struct loop {
    int64_t count;
    fs_task task;
    void *context;
    atomic_llong next;
    pthread_mutex_t lock; /* guards what follows */
    int64_t failed_at;    /* lowest failed task, or count */
    fs_status status;
    fs_error error;
} loop;

typedef struct member {
    loop *loop;
    int number;
    pthread_t thread;
} member;

static void note_failure(loop *l, int64_t index, fs_status status, const fs_error *error)
{
    pthread_mutex_lock(&l->lock);
    if (index < l->failed_at) {
        l->failed_at = index;
        l->status = status;
        l->error = *error;
    }
    pthread_mutex_unlock(&l->lock);
    atomic_store(&l->next, l->count);
}

static void *work(void *argument)
{
    member *m = argument;
    loop *l = m->loop;
    for (;;) {
        int64_t index = atomic_fetch_add(&l->next, 1);
        if (index >= l->count) return NULL;
        fs_error error = {0};
        fs_status status = l->task(l->context, index, m->number, &error);
        if (status != FS_OK) note_failure(l, index, status, &error);
    }
}

fs_status fs_parallel(int64_t count, int threads, fs_task task, void *context, fs_error *error)
{
    if (count <= 0) return FS_OK;
    if (threads <= 0) threads = fs_cpu_count();
    if (threads > count) threads = (int)count;
    loop l = {.count = count, .task = task, .context = context, .failed_at = count};
    member *members = fs_alloc_zero((size_t)threads, sizeof *members);
    if (!members) return fs_fail_memory(error, (size_t)threads * sizeof *members);
    pthread_mutex_init(&l.lock, NULL);
    int started = 1;
    for (int i = 0; i < threads; i++) members[i] = (member){.loop = &l, .number = i};
    while (started < threads &&
           pthread_create(&members[started].thread, NULL, work, &members[started]) == 0)
        started++;
    work(&members[0]); /* this thread works too; fewer threads than asked only cost time */
    for (int i = 1; i < started; i++) pthread_join(members[i].thread, NULL);
    pthread_mutex_destroy(&l.lock);
    fs_free(members);
    if (l.status != FS_OK && error) *error = l.error;
    return l.status;
}

/* Cores granted by a cgroup (v2), or a large number. */
static int cgroup_cores(void)
{
    FILE *file = fopen("/sys/fs/cgroup/cpu.max", "r");
    if (!file) return 1 << 20;
    long long quota = 0, period = 0;
    int fields = fscanf(file, "%lld %lld", &quota, &period);
    fclose(file);
    if (fields != 2 || period <= 0) return 1 << 20;
    long long cores = (quota + period - 1) / period;
    return cores < 1 ? 1 : (int)cores;
}

int fs_cpu_count(void)
{
    cpu_set_t set;
    int cores = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    int granted = cgroup_cores();
    if (granted < cores) cores = granted;
    return cores < 1 ? 1 : cores;
}
