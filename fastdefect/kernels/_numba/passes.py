"""The passes that a kernel is compiled with: those of Numba that have something to do for it."""

from __future__ import annotations

from typing import Any

from numba.core.compiler import CompilerBase, DefaultPassBuilder

# Closures, `with` blocks, literals that are unrolled, array expressions, branches on `None` and words about what is
# not supported: kernels have none of these. Each pass walks over the whole function, and most analyse it anew afterwards.
_NOT_FOR_KERNELS = frozenset(
    (
        "WithLifting",
        "InlineClosureLikes",
        "RewriteSemanticConstants",
        "DeadBranchPrune",
        "RewriteDynamicRaises",
        "MakeFunctionToJitFunction",
        "InlineInlinables",
        "FindLiterallyCalls",
        "LiteralUnroll",
        "LiteralPropagationSubPipelinePass",
        "InlineOverloads",
        "NopythonRewrites",
        "NoPythonSupportedFeatureValidation",
        "DumpParforDiagnostics",
    )
)


def kernel_passes(state: Any) -> list[Any]:
    """The pipeline, in the form in which a compiler class of Numba returns it."""
    manager = DefaultPassBuilder.define_nopython_pipeline(state)
    manager.passes = [
        (kind, what) for kind, what in manager.passes if kind.__name__ not in _NOT_FOR_KERNELS
    ]
    manager.finalize()
    return [manager]


class KernelCompiler(CompilerBase):  # type: ignore[misc]  # Numba is untyped
    """Compiles a kernel that is called from Python."""

    def define_pipelines(self) -> list[Any]:
        return kernel_passes(self.state)
