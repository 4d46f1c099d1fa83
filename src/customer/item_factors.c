/* Vectors of products from a factorisation of who bought what.
 *
 * Hu, Koren and Volinsky 2008, "Collaborative filtering for implicit feedback datasets" (ICDM): with a vector of each buyer and
 * product, the squares of (1 - their product) over what was bought, counted 1 + CONFIDENCE times, and of their product over all
 * that was not, plus PENALTY times the squares of the vectors, are made small by turns: all buyers given the products, all
 * products given the buyers, each by one small system of equations (eq. 4 and 5). Cost of a turn: entries × factors² +
 * (buyers + products) × factors³ / 3.
 */
#include <string.h>

#include "customer_internal.h"
#include "foresell/numeric.h"

#define TURNS      8    /* the sum of squares changes by less than a thousandth a turn by then */
#define CONFIDENCE 40.0 /* the paper's, sec. 6 */
#define PENALTY                                                                                    \
    10.0 /* of the size of a product's confidence at two or three buyers, so that few buyers give short vectors */

typedef struct sides {
    int factors;
    double *square, *matrix; /* factors × factors */
} sides;

/* The sum of the squares of all vectors, which is that of what nobody bought. */
static void add_squares(sides *s, const double *vector, int64_t count)
{
    int f = s->factors;
    memset(s->square, 0, (size_t)f * (size_t)f * sizeof *s->square);
    for (int64_t i = 0; i < count; i++, vector += f)
        for (int a = 0; a < f; a++)
            for (int b = 0; b <= a; b++) s->square[a * f + b] += vector[a] * vector[b];
}

static void begin(sides *s, double *x)
{
    int f = s->factors;
    memcpy(s->matrix, s->square, (size_t)f * (size_t)f * sizeof *s->matrix);
    for (int a = 0; a < f; a++) {
        s->matrix[a * f + a] += PENALTY;
        x[a] = 0;
    }
}

static void add_one(sides *s, const double *vector, double *x)
{
    int f = s->factors;
    for (int a = 0; a < f; a++) {
        x[a] += (1 + CONFIDENCE) * vector[a];
        for (int b = 0; b <= a; b++) s->matrix[a * f + b] += CONFIDENCE * vector[a] * vector[b];
    }
}

/* A matrix with PENALTY on its diagonal is positive definite. */
static void solve(sides *s, double *x)
{
    int f = s->factors;
    if (fs_cholesky_factorise(s->matrix, f))
        fs_cholesky_solve(s->matrix, f, x);
    else
        memset(x, 0, (size_t)f * sizeof *x);
}

static void turn_buyers(sides *s, const fs_bought *b, const fs_by_product *by,
                        const double *product, double *buyer)
{
    int f = s->factors;
    add_squares(s, product, b->products);
    for (int64_t i = 0; i < b->buyers; i++) {
        begin(s, buyer + i * f);
        for (int64_t k = b->first[i]; by->weight[i] > 0 && k < b->first[i + 1]; k++)
            add_one(s, product + (int64_t)b->product[k] * f, buyer + i * f);
        solve(s, buyer + i * f);
    }
}

static void turn_products(sides *s, const fs_bought *b, const fs_by_product *by,
                          const double *buyer, double *product)
{
    int f = s->factors;
    add_squares(s, buyer, b->buyers);
    for (int32_t p = 0; p < b->products; p++) {
        double *x = product + (int64_t)p * f;
        begin(s, x);
        for (int64_t k = by->first[p]; k < by->first[p + 1]; k++)
            add_one(s, buyer + by->buyer[k] * f, x);
        solve(s, x);
    }
}

static void start(double *product, int32_t products, int factors, uint64_t seed)
{
    for (int32_t p = 0; p < products; p++) {
        fs_random random = fs_random_open(seed, (uint64_t)p, 0, 0);
        for (int a = 0; a < factors; a++) *product++ = 0.1 * fs_random_normal(&random);
    }
}

fs_status fs_customer_factors(const fs_bought *bought, const fs_by_product *by, int factors,
                              uint64_t seed, double *product)
{
    size_t square = (size_t)factors * (size_t)factors;
    double *buyer = fs_alloc(((size_t)bought->buyers * (size_t)factors + 1) * sizeof *buyer);
    double *room = fs_alloc(2 * square * sizeof *room);
    if (buyer && room) {
        sides s = {.factors = factors, .square = room, .matrix = room + square};
        start(product, bought->products, factors, seed);
        for (int t = 0; t < TURNS; t++) {
            turn_buyers(&s, bought, by, product, buyer);
            turn_products(&s, bought, by, buyer, product);
        }
    }
    fs_status status = buyer && room ? FS_OK : FS_MEMORY;
    fs_free(buyer);
    fs_free(room);
    return status;
}
