#!/bin/bash
# The step of action.yml that runs the bench; its inputs come as environment variables.
set -euo pipefail
python="${RTBENCH_PYTHON:-$RUNNER_TEMP/rtbench/bin/python}"
export PYTHONPATH="$GITHUB_ACTION_PATH/sim"

wrong() {
  echo "::error::$1"
  exit 2
}

[ -n "$IMAGE$ELF" ] || wrong "give the firmware as image or as elf"
[ "$IMAGES" = "" ] || [ "$SCENES" = 0 ] || wrong "images and scenes exclude each other"

if [ -z "$IMAGE" ]; then
  IMAGE="$RUNNER_TEMP/flash_image.bin"
  "$python" "$GITHUB_ACTION_PATH/scripts/flash_image.py" "$ELF" "$IMAGE" \
    || wrong "$ELF gives no flash image"
fi

words=(--app "$APP" --image "$IMAGE" --emulator "$EMULATOR" --json "$RESULTS")
[ -z "$ELF" ] || words+=(--elf "$ELF")
mapfile -t pictures < <(printf '%s\n' "$IMAGES" | sed '/^[[:space:]]*$/d')
[ "${#pictures[@]}" = 0 ] || words+=(--data "${pictures[@]}")
[ "$SCENES" = 0 ] || words+=(--scenes "$SCENES")
echo "results=$RESULTS" >>"$GITHUB_OUTPUT"
"$python" -m rtbench.cli run "${words[@]}"
