/* What is kept of a fit, as numbers in an order: see fs_states in forecast_internal.h. */
#include <math.h>

#include "forecast_internal.h"

fs_states fs_states_write(fs_fit *fit)
{
    return (fs_states){.at = fit->state, .left = fit->keeps ? fit->state_capacity : 0};
}

fs_states fs_states_read(fs_fit *fit)
{
    return (fs_states){.at = fit->state, .left = fit->states, .reads = true};
}

void fs_states_number(fs_states *s, double *x, double low, double high)
{
    if (s->left <= 0) s->fails = true;
    if (s->fails) return;
    if (s->reads)
        *x = *s->at;
    else
        *s->at = *x;
    if (!(*x >= low && *x <= high)) s->fails = true;
    s->at++;
    s->left--;
}

void fs_states_whole(fs_states *s, int64_t *x, int64_t low, int64_t high)
{
    double number = (double)*x;
    fs_states_number(s, &number, (double)low, (double)high);
    if (s->fails || number != floor(number))
        s->fails = true;
    else
        *x = (int64_t)number;
}

void fs_states_ring(fs_states *s, double *x, int64_t places, int64_t first, int width, double low,
                    double high)
{
    for (int64_t i = 0; i < places && !s->fails; i++)
        for (int k = 0; k < width; k++)
            fs_states_number(s, &x[(first + i) % places * width + k], low, high);
}

bool fs_states_end(fs_states *s, fs_fit *fit)
{
    if (s->reads) return !s->fails && s->left == 0;
    fit->states = s->fails ? 0 : s->at - fit->state;
    return !s->fails;
}
