/* foresell._core: operators over Arrow for Python, in the limited API of 3.10.
 *
 * operators() gives the declarations; a Pipe is an fs_pipe. Arrow data pass as capsules of the PyCapsule interface:
 * what is given to a Pipe is moved out of its capsule (whose release callback is then NULL, so it is released once), and
 * what a Pipe gives belongs to its capsule until somebody moves it out. While a pipe works, the GIL is free; a second
 * thread that calls the same pipe then is refused. Errors are made by foresell.errors.from_core.
 */
#define Py_LIMITED_API 0x030A0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <errno.h>
#include <string.h>

#include "foresell/operator.h"
#include "nanoarrow/nanoarrow.h"

/* ---- errors ---- */

static PyObject *text_of(const char *text)
{
    return PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace");
}

static const char *status_name(fs_status status)
{
    static const char *const names[] = {
#define X(name, code, text) #name,
        FS_STATUS_MAP(X)
#undef X
    };
    return names[status];
}

/* Sets the exception that says what `error` says; always NULL. */
static PyObject *raise_error(const fs_error *error)
{
    PyObject *module = PyImport_ImportModule("foresell.errors");
    if (!module) return NULL;
    PyObject *made =
        PyObject_CallMethod(module, "from_core", "sNNLNN", status_name(error->status),
                            text_of(error->message), text_of(error->file), (long long)error->line,
                            text_of(error->column), text_of(error->remedy));
    Py_DECREF(module);
    if (!made) return NULL;
    PyErr_SetObject((PyObject *)Py_TYPE(made), made);
    Py_DECREF(made);
    return NULL;
}

static PyObject *raise_usage(const char *message)
{
    fs_error error = {0};
    (void)fs_fail(&error, FS_USAGE, "%s", message);
    return raise_error(&error);
}

/* ---- capsules that own what they hold ---- */

#define OWNER(what, Type)                                                                          \
    static void free_##what(PyObject *capsule)                                                     \
    {                                                                                              \
        Type *held = PyCapsule_GetPointer(capsule, "arrow_" #what);                                \
        if (held && held->release) held->release(held);                                            \
        fs_free(held);                                                                             \
    }                                                                                              \
    /* Moves *made into a capsule; releases it where there is no memory for one. */                \
    static PyObject *own_##what(Type *made)                                                        \
    {                                                                                              \
        Type *held = fs_alloc(sizeof *held);                                                       \
        PyObject *capsule = NULL;                                                                  \
        if (held) {                                                                                \
            *held = *made;                                                                         \
            capsule = PyCapsule_New(held, "arrow_" #what, free_##what);                            \
        } else {                                                                                   \
            PyErr_NoMemory();                                                                      \
        }                                                                                          \
        if (!capsule && made->release) made->release(made);                                        \
        if (!capsule) fs_free(held);                                                               \
        return capsule;                                                                            \
    }                                                                                              \
    /* What is in a capsule that was given; NULL where it was taken out before. */                 \
    static Type *look_at_##what(PyObject *capsule)                                                 \
    {                                                                                              \
        Type *held = PyCapsule_GetPointer(capsule, "arrow_" #what);                                \
        if (held && !held->release) {                                                              \
            raise_usage("the capsule arrow_" #what " is empty: what it held was taken before");    \
            return NULL;                                                                           \
        }                                                                                          \
        return held;                                                                               \
    }

OWNER(schema, struct ArrowSchema)
OWNER(array, struct ArrowArray)
OWNER(array_stream, struct ArrowArrayStream)

/* ---- a stream of results that are there already ---- */

typedef struct results {
    struct ArrowSchema schema;
    struct ArrowArray *batch;
    size_t count, next;
} results;

static void results_free(results *r)
{
    if (r->schema.release) r->schema.release(&r->schema);
    for (size_t i = r->next; i < r->count; i++) r->batch[i].release(&r->batch[i]);
    fs_free(r->batch);
    fs_free(r);
}

static int results_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    return ArrowSchemaDeepCopy(&((results *)stream->private_data)->schema, out);
}

static int results_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    results *r = stream->private_data;
    *out = r->next < r->count ? r->batch[r->next++] : (struct ArrowArray){0};
    return 0;
}

static const char *results_error(struct ArrowArrayStream *stream)
{
    (void)stream;
    return "out of memory";
}

static void results_release(struct ArrowArrayStream *stream)
{
    results_free(stream->private_data);
    stream->release = NULL;
}

/* All that the pipe has ready. */
static fs_status results_take(fs_pipe *pipe, results *r, fs_error *error)
{
    struct ArrowArray batch;
    FS_TRY(fs_pipe_schema(pipe, &r->schema, error));
    while (fs_pipe_pull(pipe, &batch)) {
        void *grown = fs_realloc(r->batch, (r->count + 1) * sizeof *r->batch);
        if (!grown) {
            batch.release(&batch);
            return fs_fail_memory(error, (r->count + 1) * sizeof *r->batch);
        }
        r->batch = grown;
        r->batch[r->count++] = batch;
    }
    return FS_OK;
}

/* ---- Pipe ---- */

typedef struct pipe_object {
    PyObject ob_base;
    fs_pipe *pipe;
    fs_options *options;
    struct ArrowSchema input;
    bool busy;
} pipe_object;

static void pipe_dealloc(PyObject *object)
{
    pipe_object *self = (pipe_object *)object;
    PyTypeObject *type = Py_TYPE(object);
    fs_pipe_close(self->pipe);
    fs_options_free(self->options);
    if (self->input.release) self->input.release(&self->input);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(object);
    Py_DECREF(type);
}

/* Names of the group columns, which `sequence` keeps; NULL and an exception where they are none. */
static const char **names_of(PyObject *sequence, Py_ssize_t *count)
{
    *count = PySequence_Size(sequence);
    if (*count < 0) return NULL;
    const char **names = fs_alloc_zero((size_t)*count + 1, sizeof *names);
    if (!names) PyErr_NoMemory();
    for (Py_ssize_t i = 0; names && i < *count; i++) {
        PyObject *item = PySequence_GetItem(sequence, i);
        names[i] = item ? PyUnicode_AsUTF8AndSize(item, NULL) : NULL;
        Py_XDECREF(item);
        if (names[i]) continue;
        fs_free(names);
        return NULL;
    }
    return names;
}

static fs_status open_pipe(pipe_object *self, const char *name, const char *options,
                           const char *const *group, int groups, const char *order,
                           const struct ArrowSchema *schema, fs_error *error)
{
    const fs_operator *op = fs_operator_find(name, error);
    if (!op) return FS_USAGE;
    FS_TRY(fs_options_parse(op, options, &self->options, error));
    if (ArrowSchemaDeepCopy(schema, &self->input) != NANOARROW_OK)
        return fs_fail_memory(error, sizeof self->input);
    return fs_pipe_open(op, self->options, group, groups, order, &self->input, &self->pipe, error);
}

static PyObject *pipe_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *words[] = {"name", "options", "group", "order", "schema", NULL};
    const char *name = NULL, *options = NULL, *order = NULL;
    PyObject *group = NULL, *capsule = NULL;
    Py_ssize_t groups = 0;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "ssO!sO", words, &name, &options,
                                     &PyTuple_Type, &group, &order, &capsule))
        return NULL;
    const struct ArrowSchema *schema = look_at_schema(capsule);
    const char **names = schema ? names_of(group, &groups) : NULL;
    if (!names) return NULL;
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    pipe_object *self = (pipe_object *)allocate(type, 0);
    fs_error error = {0};
    fs_status status =
        self ? open_pipe(self, name, options, names, (int)groups, order, schema, &error) : FS_OK;
    fs_free(names);
    if (status == FS_OK) return (PyObject *)self;
    Py_DECREF(self);
    return raise_error(&error);
}

/* Takes the pipe for one piece of work; false and an exception where another thread has it. */
static bool begin(pipe_object *self)
{
    if (self->busy)
        raise_usage("the pipe is at work in another thread: each thread needs its own");
    else
        self->busy = true;
    return PyErr_Occurred() == NULL;
}

static PyObject *finish(pipe_object *self, fs_status status, const fs_error *error)
{
    self->busy = false;
    if (status != FS_OK) return raise_error(error);
    Py_INCREF(Py_None);
    return Py_None;
}

static PyObject *pipe_push(PyObject *object, PyObject *capsule)
{
    pipe_object *self = (pipe_object *)object;
    struct ArrowArray *given = look_at_array(capsule);
    fs_error error = {0};
    fs_status status;
    if (!given || !begin(self)) return NULL;
    struct ArrowArray batch = *given;
    given->release = NULL;
    Py_BEGIN_ALLOW_THREADS status = fs_pipe_push(self->pipe, &batch, &error);
    Py_END_ALLOW_THREADS return finish(self, status, &error);
}

static bool same_schema(const struct ArrowSchema *a, const struct ArrowSchema *b)
{
    if (strcmp(a->format, b->format) != 0 || a->n_children != b->n_children) return false;
    if (!a->dictionary != !b->dictionary) return false;
    for (int64_t i = 0; i < a->n_children; i++)
        if (!same_schema(a->children[i], b->children[i])) return false;
    return !a->dictionary || same_schema(a->dictionary, b->dictionary);
}

static fs_status fail_stream(struct ArrowArrayStream *stream, int code, fs_error *error)
{
    const char *why = stream->get_last_error(stream);
    return fs_fail(error, code == ENOMEM ? FS_MEMORY : FS_FAILED, "the Arrow stream failed: %s",
                   why ? why : strerror(code));
}

static fs_status check_stream(const pipe_object *self, struct ArrowArrayStream *stream,
                              fs_error *error)
{
    struct ArrowSchema schema = {0};
    int code = stream->get_schema(stream, &schema);
    if (code != 0) return fail_stream(stream, code, error);
    bool same = same_schema(&schema, &self->input);
    schema.release(&schema);
    return same ? FS_OK
                : fs_fail(error, FS_USAGE, "the Arrow stream has other columns than the pipe");
}

static fs_status feed(pipe_object *self, struct ArrowArrayStream *stream, fs_error *error)
{
    FS_TRY(check_stream(self, stream, error));
    for (;;) {
        struct ArrowArray batch = {0};
        int code = stream->get_next(stream, &batch);
        if (code != 0) return fail_stream(stream, code, error);
        if (!batch.release) return FS_OK;
        FS_TRY(fs_pipe_push(self->pipe, &batch, error));
    }
}

static PyObject *pipe_feed(PyObject *object, PyObject *capsule)
{
    pipe_object *self = (pipe_object *)object;
    struct ArrowArrayStream *given = look_at_array_stream(capsule);
    fs_error error = {0};
    fs_status status;
    if (!given || !begin(self)) return NULL;
    struct ArrowArrayStream stream = *given;
    given->release = NULL;
    Py_BEGIN_ALLOW_THREADS status = feed(self, &stream, &error);
    stream.release(&stream);
    Py_END_ALLOW_THREADS return finish(self, status, &error);
}

static PyObject *pipe_end(PyObject *object, PyObject *none)
{
    pipe_object *self = (pipe_object *)object;
    fs_error error = {0};
    fs_status status;
    (void)none;
    if (!begin(self)) return NULL;
    Py_BEGIN_ALLOW_THREADS status = fs_pipe_end(self->pipe, &error);
    Py_END_ALLOW_THREADS return finish(self, status, &error);
}

static PyObject *pipe_pull(PyObject *object, PyObject *none)
{
    pipe_object *self = (pipe_object *)object;
    struct ArrowArray batch;
    (void)none;
    if (!begin(self)) return NULL;
    bool more = fs_pipe_pull(self->pipe, &batch);
    PyObject *nothing = finish(self, FS_OK, NULL);
    if (!more) return nothing;
    Py_DECREF(nothing);
    return own_array(&batch);
}

static PyObject *pipe_schema(PyObject *object, PyObject *none)
{
    struct ArrowSchema schema = {0};
    fs_error error = {0};
    (void)none;
    if (fs_pipe_schema(((pipe_object *)object)->pipe, &schema, &error) != FS_OK)
        return raise_error(&error);
    return own_schema(&schema);
}

static PyObject *pipe_stream(PyObject *object, PyObject *args, PyObject *keywords)
{
    static char *words[] = {"requested_schema", NULL};
    pipe_object *self = (pipe_object *)object;
    PyObject *requested = NULL; /* a wish that may be left alone, says the interface */
    fs_error error = {0};
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "|O", words, &requested) || !begin(self))
        return NULL;
    results *r = fs_alloc_zero(1, sizeof *r);
    fs_status status = r ? results_take(self->pipe, r, &error) : fs_fail_memory(&error, sizeof *r);
    PyObject *nothing = finish(self, status, &error);
    if (!nothing) {
        if (r) results_free(r);
        return NULL;
    }
    Py_DECREF(nothing);
    struct ArrowArrayStream stream = {results_schema, results_next, results_error, results_release,
                                      r};
    return own_array_stream(&stream);
}

static PyMethodDef pipe_methods[] = {
    {"push", pipe_push, METH_O,
     "push(array): takes a batch, a capsule \"arrow_array\" with the columns of the schema."},
    {"feed", pipe_feed, METH_O,
     "feed(stream): takes all batches of a capsule \"arrow_array_stream\"."},
    {"end", pipe_end, METH_NOARGS, "end(): no more input; the last groups are worked on."},
    {"pull", pipe_pull, METH_NOARGS,
     "pull(): a batch of results as a capsule \"arrow_array\", or None: none is ready."},
    {"schema", pipe_schema, METH_NOARGS,
     "schema(): what results look like, a capsule \"arrow_schema\"."},
    {"__arrow_c_schema__", pipe_schema, METH_NOARGS,
     "What results look like, a capsule \"arrow_schema\"."},
    {"__arrow_c_stream__", (PyCFunction)(void (*)(void))pipe_stream, METH_VARARGS | METH_KEYWORDS,
     "The results that are ready, taken out, as a capsule \"arrow_array_stream\"."},
    {0}};

static PyType_Slot pipe_slots[] = {
    {Py_tp_doc, "Pipe(name, options, group, order, schema): one operator over sorted batches.\n\n"
                "Batches come sorted by group and order and may be cut anywhere. One thread uses a "
                "pipe at a time."},
    {Py_tp_new, pipe_new},
    {Py_tp_dealloc, pipe_dealloc},
    {Py_tp_methods, pipe_methods},
    {0}};

static PyType_Spec pipe_spec = {.name = "foresell._core.Pipe",
                                .basicsize = sizeof(pipe_object),
                                .flags = Py_TPFLAGS_DEFAULT,
                                .slots = pipe_slots};

/* ---- the module ---- */

static PyObject *operators(PyObject *module, PyObject *none)
{
    fs_buffer text = {0};
    fs_error error = {0};
    (void)module, (void)none;
    fs_status status = fs_operator_describe(NULL, &text, &error);
    PyObject *out = status == FS_OK ? text_of(text.data) : raise_error(&error);
    fs_buffer_free(&text);
    return out;
}

static PyObject *words_of(const char *const *word, int count)
{
    PyObject *list = PyList_New(0);
    for (int i = 0; list && i < count; i++) {
        PyObject *one = text_of(word[i]);
        if (!one || PyList_Append(list, one) != 0) Py_CLEAR(list);
        Py_XDECREF(one);
    }
    return list;
}

static PyObject *value_of(const fs_options *options, const fs_param *param)
{
    int count = 0;
    const char *const *word = fs_option_words(options, param->name, &count);
    switch (param->type) {
    case FS_TYPE_BOOL: return PyBool_FromLong(fs_option_bool(options, param->name));
    case FS_TYPE_INT: return PyLong_FromLongLong(fs_option_int(options, param->name));
    case FS_TYPE_DOUBLE: return PyFloat_FromDouble(fs_option_double(options, param->name));
    case FS_TYPE_LIST: return words_of(word, count);
    default: return text_of(fs_option_text(options, param->name));
    }
}

/* Puts a value under its name and lets go of it; false and an exception where there is none. */
static bool put(PyObject *dict, const char *name, PyObject *value)
{
    bool done = value && PyDict_SetItemString(dict, name, value) == 0;
    Py_XDECREF(value);
    return done;
}

static PyObject *dict_of(const fs_operator *op, const fs_options *options)
{
    PyObject *dict = PyDict_New();
    for (const fs_param *p = op->params; dict && p && p->name; p++)
        if (!put(dict, p->name, value_of(options, p))) Py_CLEAR(dict);
    for (const fs_column *c = op->input; dict && c->name; c++) {
        const char *column = fs_options_column(options, c->name);
        if (column && !put(dict, c->name, text_of(column))) Py_CLEAR(dict);
    }
    return dict;
}

static PyObject *parameters(PyObject *module, PyObject *args)
{
    const char *name = NULL, *text = NULL;
    fs_options *options = NULL;
    fs_error error = {0};
    (void)module;
    if (!PyArg_ParseTuple(args, "ss", &name, &text)) return NULL;
    const fs_operator *op = fs_operator_find(name, &error);
    fs_status status = op ? fs_options_parse(op, text, &options, &error) : FS_USAGE;
    PyObject *out = status == FS_OK ? dict_of(op, options) : raise_error(&error);
    fs_options_free(options);
    return out;
}

static PyObject *version(PyObject *module, PyObject *none)
{
    (void)module, (void)none;
    return text_of(fs_version());
}

static PyObject *cpu_count(PyObject *module, PyObject *none)
{
    (void)module, (void)none;
    return PyLong_FromLong(fs_cpu_count());
}

static PyMethodDef methods[] = {
    {"operators", operators, METH_NOARGS, "The declarations of all operators, as JSON text."},
    {"parameters", parameters, METH_VARARGS,
     "parameters(name, options): what the text of an operator's parameters says, and the defaults; "
     "columns that it names too."},
    {"version", version, METH_NOARGS, "The version, as \"0.1.0\"."},
    {"cpu_count", cpu_count, METH_NOARGS, "Cores that this process may use."},
    {0}};

static int add_types(PyObject *module)
{
    PyObject *type = PyType_FromSpec(&pipe_spec);
    if (!type) return -1;
    int code = PyModule_AddObjectRef(module, "Pipe", type);
    Py_DECREF(type);
    return code;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, (void *)add_types}, {0}};

static PyModuleDef definition = {.m_base = PyModuleDef_HEAD_INIT,
                                 .m_name = "foresell._core",
                                 .m_doc = "Operators over Arrow.",
                                 .m_methods = methods,
                                 .m_slots = slots};

PyMODINIT_FUNC PyInit__core(void);
PyMODINIT_FUNC PyInit__core(void) { return PyModuleDef_Init(&definition); }
