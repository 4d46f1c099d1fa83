/* Any bytes as foresell.yaml: read, or refused with a message that names a line of the file. What was
 * read answers for each of its settings. */
#include <stdlib.h>
#include <string.h>

#include "../src/project/project_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static fs_project *empty_project(void)
{
    fs_project *p = fs_alloc_zero(1, sizeof *p);
    int settings = 0;
    while (fs_setting_at(settings)) settings++;
    p->folder = fs_arena_strdup(&p->arena, "shop");
    p->file = fs_arena_strdup(&p->arena, "shop/foresell.yaml");
    p->value = fs_arena_zero(&p->arena, sizeof *p->value * (size_t)settings);
    return p;
}

static void ask_everything(fs_project *p)
{
    for (int i = 0; fs_setting_at(i); i++) {
        const char *value = fs_project_setting(p, fs_setting_at(i)->name);
        if (value && p->value[i] && fs_setting_check(fs_setting_at(i), value, NULL) != FS_OK)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t lines = 1;
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n' || data[i] == '\r' || data[i] == 0x85 ||
                 (data[i] & 0xfe) == 0xa8; /* NEL, LS, PS */
    fs_project *p = empty_project();
    fs_error error = {0};
    fs_status status = fs_project_read_yaml(p, (const char *)data, size, &error);
    if (status == FS_OK)
        ask_everything(p);
    else if (!error.message[0] || error.line < 0 || error.line > lines + 1)
        abort();
    fs_project_close(p);
    return 0;
}
