/* Included in the C code that mypyc generates for the engine. See docs/decisions/0006-compiled-engine.md. */
#ifndef AUTOGRAD_CORE_NATIVE_H
#define AUTOGRAD_CORE_NATIVE_H
#include <Python.h>

/* Freeing a long chain of nodes without recursion.

   A node owns its parents, so freeing the last node of a chain of a million frees all of them. Python's own trashcan,
   which mypyc uses, stores pending objects in the header of the garbage collector. Nodes are acyclic and have no such
   header, so the trashcan would overwrite the memory before them. Here, pending nodes form a linked list through the first
   field after the object header. It is mypyc's pointer to the method table, which is no longer used at this point. */

#define MAX_DEPTH 100
#define NEXT_TO_FREE(node) (*(PyObject **)((PyObject *)(node) + 1))

/* These variables need no lock: setup.py compiles only for Python with the global interpreter lock. */
static int nested = 0;
static PyObject *pending = NULL;

static void free_pending(void)
{
    nested++; /* a nested call must not start this loop again */
    while (pending != NULL) {
        PyObject *node = pending;
        pending = NEXT_TO_FREE(node);
        Py_TYPE(node)->tp_dealloc(node);
    }
    nested--;
}

/* Python frees objects of Python subclasses and calls this on the way, so these objects cannot be deferred. */
#undef Py_TRASHCAN_BEGIN
#define Py_TRASHCAN_BEGIN(node, dealloc) \
    if (nested >= MAX_DEPTH && Py_TYPE(node)->tp_dealloc == (destructor)(dealloc)) { \
        NEXT_TO_FREE(node) = pending; \
        pending = (PyObject *)(node); \
        return; \
    } \
    nested++; \
    {

#undef Py_TRASHCAN_END
#define Py_TRASHCAN_END \
    } \
    if (--nested == 0 && pending != NULL) \
        free_pending();

/* Fast type checks. Each operator checks twice whether an object is a node. Python's own check takes 20 ns for instances of
   subclasses. The functions below give the same result, and are faster if it is true. */

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
