"""Inner loops found in assembly texts of both architectures: innermost only, with their accesses to the stack."""

from __future__ import annotations

import pytest

from benchmarks.nl_means_instructions import loops

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


@pytest.mark.parametrize(("text", "count", "stack"), [(ARM, 6, 1), (X86, 6, 2)])
def test_the_innermost_loop_is_counted(text, count, stack):
    (loop,) = loops(text)
    assert len(loop.lines) == count
    assert loop.stack == stack


def test_no_loop_is_no_loop():
    assert not list(loops("kernel:\n\tret\n"))
