"""Checks of arguments where they enter: one sentence each, naming argument, expected, received and remedy."""

from fastdefect.checks.arrays import check_array as check_array
from fastdefect.checks.arrays import check_colour as check_colour
from fastdefect.checks.arrays import check_grey as check_grey
from fastdefect.checks.arrays import check_image as check_image
from fastdefect.checks.arrays import check_out as check_out
from fastdefect.checks.arrays import check_shape as check_shape
from fastdefect.checks.values import check_choice as check_choice
from fastdefect.checks.values import check_int as check_int
from fastdefect.checks.values import check_kind as check_kind
from fastdefect.checks.values import check_ksize as check_ksize
from fastdefect.checks.values import check_progress as check_progress
from fastdefect.checks.values import check_real as check_real
from fastdefect.checks.values import check_scale as check_scale
from fastdefect.checks.values import short as short
