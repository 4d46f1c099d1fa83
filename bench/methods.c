/* methods METHOD SERIES [FORECASTS]: CPU seconds of a forecasting method's fit over all series of a file, the least of a few
 * times (bench/measure.py), on the static library, for methods are inside. A line of SERIES is an id, its season (or several: 24,168), the
 * horizon and its values, with blanks between; `-` is a missing one. FORECASTS is written as unique_id,h,yhat. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu.h"
#include "forecast_internal.h"

#define REPEATS  3
#define TOGETHER 50

typedef struct line {
    char *id;
    int season, seasons, season_of[FS_SEASONS_MOST]; /* the first of them, and all */
    int64_t horizon, count;
    double *value;
    uint8_t *valid;
    double *mean;
} line;

static line parse(char *text)
{
    line l = {.id = strtok(text, " \n")};
    size_t most = strlen(l.id + strlen(l.id) + 1) / 2 + 1;
    l.id = strdup(l.id);
    char *season = strtok(NULL, " \n");
    l.season = atoi(season);
    for (; season && l.seasons < FS_SEASONS_MOST; season = strchr(season, ','))
        l.season_of[l.seasons++] = atoi(season += *season == ',');
    l.horizon = atoll(strtok(NULL, " \n"));
    l.value = calloc(most, sizeof *l.value);
    l.valid = calloc(most, 1);
    l.mean = calloc((size_t)l.horizon, sizeof *l.mean);
    for (char *word; (word = strtok(NULL, " \n")); l.count++)
        if ((l.valid[l.count] = strcmp(word, "-") != 0)) l.value[l.count] = atof(word);
    return l;
}

static line *read_lines(const char *path, int *lines)
{
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t room = 0;
    line *all = NULL;
    *lines = 0;
    if (!file) return NULL;
    while (getline(&text, &room, file) > 0) {
        if (*lines % 1000 == 0) all = realloc(all, ((size_t)*lines + 1000) * sizeof *all);
        all[(*lines)++] = parse(text);
    }
    fclose(file);
    free(text);
    return all;
}

/* CPU seconds of the fits of a few series: a look at the clock costs as much as a short one. */
static double fit_some(const fs_method *method, line *some, int lines, fs_series *series,
                       fs_scratch *scratch, fs_fit *fit, int *refused)
{
    for (int i = 0; i < lines; i++) {
        line *l = &some[i];
        if (fs_series_fill(&series[i], l->value, l->valid, l->count) != FS_OK) exit(1);
        if (fs_fit_reserve(fit, l->count, l->horizon) != FS_OK) exit(1);
    }
    double began = cpu_seconds();
    for (int i = 0; i < lines; i++) {
        line *l = &some[i];
        bool can = false;
        fs_forecast_task task = {.series = &series[i],
                                 .season = l->season,
                                 .horizon = l->horizon,
                                 .seasons = l->seasons,
                                 .season_of = l->season_of};
        if (method->fit(method, &task, scratch, fit, &can) != FS_OK) exit(1);
        for (int64_t h = 0; h < l->horizon; h++)
            l->mean[h] = can ? fit->mean[h] * series[i].unit : 0;
        *refused += !can;
    }
    return cpu_seconds() - began;
}

/* Of all fits; what makes the series ready is not counted. */
static double fit_all(const fs_method *method, line *all, int lines, int *refused)
{
    fs_series series[TOGETHER] = {{0}};
    fs_scratch scratch = {0};
    fs_fit fit = {0};
    double took = 0;
    *refused = 0;
    for (int i = 0; i < lines; i += TOGETHER) {
        int some = lines - i < TOGETHER ? lines - i : TOGETHER;
        took += fit_some(method, all + i, some, series, &scratch, &fit, refused);
    }
    for (int i = 0; i < TOGETHER; i++) fs_series_free(&series[i]);
    fs_scratch_free(&scratch);
    fs_fit_free(&fit);
    return took;
}

static void write_forecasts(const char *path, const line *all, int lines)
{
    FILE *file = fopen(path, "w");
    if (!file) exit(1);
    fprintf(file, "unique_id,h,yhat\n");
    for (int i = 0; i < lines; i++)
        for (int64_t h = 0; h < all[i].horizon; h++)
            fprintf(file, "%s,%d,%.17g\n", all[i].id, (int)h + 1, all[i].mean[h]);
    fclose(file);
}

int main(int words, char **word)
{
    const fs_method *method = NULL;
    int lines = 0, refused = 0;
    double least = 1e300;
    int model = words > 2 ? fs_forecast_model_find(word[1]) : -1;
    if (model >= 0) method = fs_method_at(model);
    line *all = method && method->fit ? read_lines(word[2], &lines) : NULL;
    if (!all) return fprintf(stderr, "methods METHOD SERIES [FORECASTS]\n"), 2;
    for (int i = 0; i < REPEATS; i++) {
        double took = fit_all(method, all, lines, &refused);
        if (took < least) least = took;
    }
    printf("%.4f\n", least);
    if (refused > 0) fprintf(stderr, "%d of %d series refused\n", refused, lines);
    if (words > 3) write_forecasts(word[3], all, lines);
    for (int i = 0; i < lines; i++)
        free(all[i].id), free(all[i].value), free(all[i].valid), free(all[i].mean);
    free(all);
}
