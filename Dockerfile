# The bench with its Arm toolchain: `docker build -t rt1062-bench .`, then
# `docker run --rm -v "$PWD:/work" rt1062-bench rtbench boot build/app.elf`.
FROM python:3.11-slim-bookworm
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
    cmake ninja-build make g++ git gcc-arm-none-eabi libnewlib-arm-none-eabi \
    libstdc++-arm-none-eabi-newlib doctest-dev gdb-multiarch \
 && rm -rf /var/lib/apt/lists/*
COPY requirements.txt /bench/
RUN pip install --no-cache-dir --require-hashes -r /bench/requirements.txt \
 && printf '#!/bin/sh\nexec python -m rtbench.cli "$@"\n' >/usr/local/bin/rtbench \
 && chmod +x /usr/local/bin/rtbench \
 && useradd --create-home bench
COPY sim /bench/sim
ENV PYTHONPATH=/bench/sim
USER bench
WORKDIR /work
CMD ["rtbench", "--help"]
