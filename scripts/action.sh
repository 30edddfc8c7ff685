#!/bin/bash
# The step of action.yml that runs the bench; its inputs come as environment variables.
set -euo pipefail
python="${RTBENCH_PYTHON:-$RUNNER_TEMP/rtbench/bin/python}"
export PYTHONPATH="$GITHUB_ACTION_PATH/sim"

wrong() {
  echo "::error::$1"
  exit 2
}

given_pictures="${IMAGES:-}"
[ -n "$IMAGE$ELF" ] || wrong "give the firmware as image or as elf"
[ "$given_pictures" = "" ] || [ "$SCENES" = 0 ] || wrong "images and scenes exclude each other"

words=(--app "$APP" --emulator "$EMULATOR" --json "$RESULTS")
[ -z "$IMAGE" ] || words+=(--image "$IMAGE")
[ -z "$ELF" ] || words+=(--elf "$ELF")
mapfile -t pictures < <(printf '%s\n' "$given_pictures" | sed '/^[[:space:]]*$/d')
[ "${#pictures[@]}" = 0 ] || words+=(--data "${pictures[@]}")
[ "$SCENES" = 0 ] || words+=(--scenes "$SCENES")
echo "results=$RESULTS" >>"$GITHUB_OUTPUT"
"$python" -m rtbench.cli run "${words[@]}"
