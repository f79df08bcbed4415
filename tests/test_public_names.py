"""The names that people type: a move or a rename inside the packages must not lose one."""

from __future__ import annotations

import importlib

import pytest

PUBLIC = {
    "autograd_core": """
        AutogradError Bilinear Form Interval Pointwise Program TABLE Tensor Value capture_source check_grad
        check_primitive detect_anomaly functions grad gradient hessian history hvp jacobian jvp no_grad register
        scope stack sweep trace unstack value_and_grad vjp
    """,
    "autograd_core.functions": """
        Operation argmax argmin broadcast_to concatenate cross_entropy cumsum dot einsum expand_dims flip
        log_softmax logsumexp matmul matmul_transposed max mean min norm one_hot outer pad permute prod register
        repeat reshape softmax split squeeze stack std sum swapaxes transpose unstack var
    """,
    "autograd_core.errors": """
        AnomalyError AutogradError CheckError ExpressionError GraphError GuardError NumberError OperandError
        OutOfRangeError ProgramFileError RegistrationError ShapeError StaleGraphError TraceError
        UnknownPrimitiveError
    """,
    "nn": """
        Adagrad Adam AdamW Architecture BatchNorm1d Checkpoint DAGNetwork Dropout EarlyStopping Ensemble Flatten
        History L1 L2 Layer LayerNorm Linear Lq MLP Module Momentum Neuron Nonlinearity Optimizer PReLU
        Perceptron RMSprop ReduceLROnPlateau SGD Sequential activations binary_cross_entropy
        binary_cross_entropy_with_logits callbacks cross_entropy data evaluate fit hinge huber_loss initializers
        l1_loss load losses metrics monitors mse_loss nll_loss optimizers predict pretrain regularizers
        schedules train_ensemble training
    """,
    "viz": """
        Drawing Film Playground Recording Step Stepper TraceTable draw draw_dot draw_network film gradient_flow
        plot_activations plot_confusion plot_contours plot_decision_boundary plot_descent_1d
        plot_descent_contour plot_fit plot_functions plot_gradient_norms plot_histograms plot_history
        plot_learning_rates plot_surface stages step text trace_table
    """,
    "nn.losses": """
        LOSSES binary_cross_entropy binary_cross_entropy_with_logits cross_entropy hinge huber_loss l1_loss
        loss_function mse_loss nll_clipped nll_loss nll_of_probabilities perceptron_loss
    """,
    "nn.optimizers": """
        Adagrad Adam AdamW Momentum Optimizer RMSprop SGD clip_grad_norm_ clip_grad_value_
    """,
    "nn.schedules": """
        ConstantLR CosineAnnealingLR ExponentialLR HarmonicLR InverseTimeLR Schedule StepLR Warmup
    """,
    "nn.data": """
        Dataset Standardizer batches blobs breast_cancer circles digits iris moons noisy_sinusoid one_hot sine
        spirals split standardize step wine xor
    """,
    "nn.metrics": """
        accuracy confusion numbers predicted_classes zero_one_loss
    """,
    "nn.activations": """
        ACTIVATIONS Activation activation
    """,
    "nn.initializers": """
        INITIALIZERS Initializer constant generator initializer normal uniform
    """,
    "nn.callbacks": """
        Checkpoint EarlyStopping ReduceLROnPlateau resume
    """,
    "nn.regularizers": """
        L1 L2 Lq Regularizer soft_threshold weights
    """,
    "nn.monitors": """
        dead_fraction gradient_norms inside layer_outputs norms_of parts_of sparsity
    """,
    "nn.errors": """
        AnomalyError ArchitectureError AutogradError DataError DivergedError MissingExtraError ModelFileError
        OperandError OptionError ShapeError TargetError TrainingError UnknownNameError
    """,
}


@pytest.mark.parametrize("module", PUBLIC)
def test_every_public_name_can_be_imported(module):
    imported = importlib.import_module(module)
    assert [name for name in PUBLIC[module].split() if not hasattr(imported, name)] == []


@pytest.mark.parametrize("module", PUBLIC)
def test_import_star_gives_every_public_name(module):
    """A module without ``__all__`` exports what its documentation names; those modules are not listed here."""
    exported = getattr(importlib.import_module(module), "__all__", None)
    if exported is not None and module != "autograd_core.functions":  # whose records are functions too
        assert set(PUBLIC[module].split()) <= set(exported)
