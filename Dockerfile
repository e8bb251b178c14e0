# An image that inspects: no home folder, no root, nothing compiled at its start.
#
#   docker build -t fastdefect .
#   docker run --rm --read-only --tmpfs /tmp --network none -v "$PWD/images:/data" fastdefect detect . --model cloth.model --no-overlay
#
# Verdicts go to standard output; what is written (--report, --csv, ...) goes to /data, which user 65534 must be allowed to write.
FROM python:3.11-slim-bookworm AS system
# opencv-python loads these
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends libgl1 libglib2.0-0 && rm -rf /var/lib/apt/lists/*

FROM system AS build
COPY . /source
RUN /source/scripts/image /opt/fastdefect

FROM system
COPY --from=build /opt/fastdefect /opt/fastdefect
ENV PATH=/opt/fastdefect/bin:/usr/local/bin:/usr/bin:/bin \
    NUMBA_CACHE_DIR=/opt/fastdefect/kernels \
    MPLCONFIGDIR=/tmp/matplotlib \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/nonexistent
USER 65534:65534
WORKDIR /data
ENTRYPOINT ["fastdefect"]
