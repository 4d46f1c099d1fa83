/* Any texts as corrections of init, --set NAME=VALUE: refused with a message, or each used, or told not to be;
 * and the foresell.yaml that comes of them can be read. They stand a line each, \1 for a line's end in one. The
 * files are two small ones, looked at once; no rows are asked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../src/project/detect_internal.h"

#define SETS 16

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- the files ---- */

#define FILES 2

static fs_file_profile files[FILES];
static fs_column_profile *before[FILES]; /* of their columns: a correction changes readings */

static void look_at(fs_engine *engine, int i, const char *path, const char *text, int rows)
{
    static const char *const items[] = {"A-1", "B-2", "C-3"};
    FILE *file = fopen(path, "w");
    if (!file) abort();
    fputs(text, file);
    for (int n = 0; n < rows; n++)
        if (i == 0)
            fprintf(file, "2024-%02d-%02d,%s,S%d,%d,2.50\n", 1 + n / 28 % 12, 1 + n % 28,
                    items[n % 3], n % 2, 1 + n % 4);
        else
            fprintf(file, "%s,Thing %d,%d\n", items[n % 3], n, n % 2);
    fclose(file);
    fs_file_profile *profile;
    int count;
    if (fs_engine_profile(engine, path, &profile, &count, NULL) != FS_OK || count != 1) abort();
    files[i] = *profile; /* stays for the life of the process */
    size_t bytes = (size_t)files[i].columns * sizeof *before[i];
    before[i] = malloc(bytes);
    if (!before[i]) abort();
    memcpy(before[i], files[i].column, bytes);
    fs_free(profile);
    unlink(path);
}

static char folder[] = "/tmp/foresell-fuzz-XXXXXX", project[64];

static void clear(void)
{
    unlink(project);
    rmdir(folder);
}

static void look_once(void)
{
    fs_engine *engine;
    fs_engine_settings settings = {.threads = 1, .extensions = getenv("FORESELL_EXTENSIONS")};
    char path[64];
    if (!mkdtemp(folder) || fs_engine_open(&settings, &engine, NULL) != FS_OK) abort();
    snprintf(path, sizeof path, "%s/till.csv", folder);
    look_at(engine, 0, path, "day,sku,store,qty,price\n", 200);
    snprintf(path, sizeof path, "%s/articles.csv", folder);
    look_at(engine, 1, path, "sku,name,own brand\n", 3);
    fs_engine_close(engine);
    snprintf(project, sizeof project, "%s/foresell.yaml", folder);
    atexit(clear);
}

/* ---- what must hold ---- */

static int lines_that_begin(const char *text, const char *word)
{
    int count = 0;
    while (text) {
        count += strncmp(text, word, strlen(word)) == 0;
        text = strchr(text, '\n');
        if (text) text++;
    }
    return count;
}

static void check_yaml(const fs_detection *d)
{
    fs_buffer yaml = {0};
    fs_error error = {0};
    fs_project *p = NULL;
    if (fs_yaml_write(d, &yaml, &error) != FS_OK) abort();
    FILE *file = fopen(project, "w");
    if (!file) abort();
    fwrite(yaml.data, 1, yaml.size, file);
    fclose(file);
    if (fs_project_open(folder, &p, &error) != FS_OK) {
        fprintf(stderr, "%s\n%s, line %lld\n", yaml.data, error.message, (long long)error.line);
        abort();
    }
    fs_project_close(p);
    fs_buffer_free(&yaml);
}

static void check(fs_detection *d)
{
    fs_buffer said = {0}, mapping = {0};
    fs_error error = {0};
    check_yaml(d);
    for (int m = 0; m < d->maps; m++)
        if (fs_mapping_text(d, &d->map[m], &mapping, &error) != FS_OK) abort();
    if (fs_detect_say(d, &said, &error) != FS_OK) abort();
    int unused = 0;
    for (int s = 0; s < d->sets; s++) unused += !d->set_used[s];
    if (lines_that_begin(said.data, "NOT USED") < unused) abort();
    fs_buffer_free(&said);
    fs_buffer_free(&mapping);
}

/* Before the first input, whose time is taken: opening the engine may take long on a busy machine. */
int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count;
    (void)arguments;
    look_once();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1), *rest = NULL;
    const char *set[SETS];
    int sets = 0;
    if (!text) return 0;
    if (size) memcpy(text, data, size);
    text[size] = '\0';
    for (char *w = strtok_r(text, "\n", &rest); w && sets < SETS; w = strtok_r(NULL, "\n", &rest)) {
        for (char *c = w; *c; c++)
            if (*c == '\1') *c = '\n';
        set[sets++] = w;
    }
    for (int i = 0; i < FILES; i++)
        memcpy(files[i].column, before[i], (size_t)files[i].columns * sizeof *before[i]);
    fs_error error = {0};
    fs_detection d = {.set = set, .sets = sets, .sales = -1, .name = "shop"};
    d.set_used = fs_arena_zero(&d.arena, SETS);
    fs_status status = fs_detect_check_sets(set, sets, &error);
    if (status == FS_OK) status = fs_detect_decide(&d, files, FILES, &error);
    if (status == FS_OK)
        check(&d);
    else if (!error.message[0])
        abort();
    fs_detection_free(&d);
    free(text);
    return 0;
}
