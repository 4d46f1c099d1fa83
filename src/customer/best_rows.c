/* The first of many rows in an order, without sorting them all.
 *
 * The rows kept are a heap with the last of them on top, so that a row that is not among the first costs one comparison:
 * O(count + most log most) where few of the later ones are, O(count log most) at worst.
 */
#include <stdlib.h>

#include "customer_internal.h"

typedef struct heap {
    char *row;
    size_t size;
    int64_t count;
    int (*compare)(const void *, const void *);
} heap;

static char *at(const heap *h, int64_t i) { return h->row + (size_t)i * h->size; }

static void swap(const heap *h, char *a, char *b)
{
    for (size_t k = 0; k < h->size; k++) {
        char byte = a[k];
        a[k] = b[k];
        b[k] = byte;
    }
}

static void sink(const heap *h, int64_t i)
{
    for (int64_t child = 2 * i + 1; child < h->count; child = 2 * i + 1) {
        if (child + 1 < h->count && h->compare(at(h, child + 1), at(h, child)) > 0) child++;
        if (h->compare(at(h, i), at(h, child)) >= 0) return;
        swap(h, at(h, i), at(h, child));
        i = child;
    }
}

int64_t fs_customer_best_rows(void *rows, int64_t count, size_t size, int64_t most,
                              int (*compare)(const void *, const void *))
{
    heap h = {rows, size, count < most ? count : most, compare};
    if (h.count == 0) return 0;
    for (int64_t i = h.count / 2; i-- > 0 && count > most;) sink(&h, i);
    for (int64_t i = h.count; i < count; i++) {
        if (compare(at(&h, i), h.row) >= 0) continue;
        swap(&h, at(&h, i), h.row);
        sink(&h, 0);
    }
    qsort(rows, (size_t)h.count, size, compare);
    return h.count;
}
