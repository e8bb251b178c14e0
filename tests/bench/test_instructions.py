"""The shortest turn of a loop that works, in assembly texts of both architectures, with its accesses to the stack."""

from __future__ import annotations

import pytest

from benchmarks.nl_means_instructions import stack, turn

ARM = """
	.text
kernel:
	mov	x8, #0
.LBB0_1:                                // =>This Loop Header: Depth=1
	add	x8, x8, #1
.LBB0_2:                                //   Parent Loop
	ldr	q0, [sp, #16]                   // 16-byte Folded Reload
	add	v1.8h, v1.8h, v0.8h
	cbz	w3, .LBB0_3
	str	q1, [x2]
.LBB0_3:
	subs	x9, x9, #1
	b.ne	.LBB0_2
	cmp	x8, x7
	b.lt	.LBB0_1
	ret
"""
X86 = """
kernel:
	xorl	%eax, %eax
.LBB0_1:
	vmovdqu	32(%rsp), %ymm0
	vpaddw	(%rdi,%rax), %ymm0, %ymm1
	vmovdqu	%ymm1, (%rbp)
	addq	$32, %rax
	cmpq	%rax, %rcx
	jne	.LBB0_1
	jmp	.LBB0_9
.LBB0_9:
	retq
"""


@pytest.mark.parametrize(
    ("text", "work", "count", "accesses"),
    [
        (ARM, r"add\s+v1", 5, 1),  # past the store
        (ARM, r"str", 6, 1),  # through it
        (X86, "vpaddw", 6, 2),
    ],
)
def test_the_shortest_turn_through_the_work_is_counted(text, work, count, accesses):
    lines = turn(text, work)
    assert len(lines) == count
    assert stack(lines) == accesses


def test_work_outside_of_any_loop_is_an_error():
    with pytest.raises(ValueError, match="no loop"):
        turn("kernel:\n\tmul\tv0\n\tret\n", "mul")
