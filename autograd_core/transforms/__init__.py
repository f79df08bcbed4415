"""Differentiate functions (grad, vjp, jvp, jacobian, hessian), and check derivatives.

May import ``array``, ``scalar`` and every wing below them.
"""
