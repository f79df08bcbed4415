/* What the C that mypyc writes for the engine is compiled with. See docs/decisions/0006-compiled-engine.md. */
#ifndef AUTOGRAD_CORE_NATIVE_H
#define AUTOGRAD_CORE_NATIVE_H
#include <Python.h>

/* Freeing a long chain of nodes without recursion.

   A node owns its parents, so freeing the last node of a chain of a million frees them all. Python's own trashcan, which
   mypyc uses, keeps what waits to be freed in the header of the garbage collector. The nodes are acyclic and have none,
   so it would write over the memory in front of them. Here what waits is linked through the first field behind the
   object's head: mypyc's pointer to a table of methods, which nobody asks any more. */

#define DEEPEST 100
#define NEXT_TO_FREE(node) (*(PyObject **)((PyObject *)(node) + 1))

/* One thread at a time is here: setup.py compiles for no Python without the global interpreter lock. */
static int nested = 0;
static PyObject *waiting = NULL;

static void free_what_waits(void)
{
    nested++; /* what is freed here leaves the list to this loop */
    while (waiting != NULL) {
        PyObject *node = waiting;
        waiting = NEXT_TO_FREE(node);
        Py_TYPE(node)->tp_dealloc(node);
    }
    nested--;
}

/* An object of a subclass written in Python is freed by Python, which calls this in the middle of it: it cannot wait. */
#undef Py_TRASHCAN_BEGIN
#define Py_TRASHCAN_BEGIN(node, dealloc) \
    if (nested >= DEEPEST && Py_TYPE(node)->tp_dealloc == (destructor)(dealloc)) { \
        NEXT_TO_FREE(node) = waiting; \
        waiting = (PyObject *)(node); \
        return; \
    } \
    nested++; \
    {

#undef Py_TRASHCAN_END
#define Py_TRASHCAN_END \
    } \
    if (--nested == 0 && waiting != NULL) \
        free_what_waits();

/* Is it a node? Every operator asks twice, and Python's own answer takes 20 ns if its class is a class of a node's
   class. These come to the same answer, sooner if it is yes. */

static inline int is_a(PyObject *object, PyTypeObject *kind)
{
    for (PyTypeObject *base = Py_TYPE(object); base != NULL; base = base->tp_base)
        if (base == kind)
            return 1;
    return PyType_IsSubtype(Py_TYPE(object), kind);
}

#undef PyObject_TypeCheck
#define PyObject_TypeCheck(object, kind) is_a((PyObject *)(object), kind)

#define PyObject_IsInstance(object, kind) \
    ((PyType_CheckExact(kind) && is_a(object, (PyTypeObject *)(kind))) || (PyObject_IsInstance)(object, kind))

#endif
