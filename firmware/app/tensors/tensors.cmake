# The tensors app: any model, no camera. `rtbench try` builds it around a model of its user's.

set(TENSORS_MODEL "" CACHE FILEPATH "The model of the tensors app; without one it is not built")
set(TENSORS_ARENA dtcm CACHE STRING "Where its arena is: dtcm, ocram2, both or sdram")
set_property(CACHE TENSORS_ARENA PROPERTY STRINGS dtcm ocram2 both sdram)
set(TENSORS_ARENA_BYTES 344064 CACHE STRING "Size of its arena")
set(TENSORS_KEPT_BYTES 0 CACHE STRING "Size of what lasts, in DTCM (TENSORS_ARENA=both)")

if(TENSORS_MODEL)
  if(NOT INFERENCE STREQUAL "tflm")
    message(FATAL_ERROR "the tensors app runs TFLM: INFERENCE must be tflm, not \"${INFERENCE}\"")
  endif()
  if(TENSORS_ARENA STREQUAL "both")
    set(memory ocram2)
  elseif(TENSORS_ARENA MATCHES "^(dtcm|ocram2|sdram)$")
    set(memory ${TENSORS_ARENA})
  else()
    message(FATAL_ERROR "TENSORS_ARENA must be dtcm, ocram2, both or sdram, not \"${TENSORS_ARENA}\"")
  endif()
  add_tflm_app(tensors
    MODEL "${TENSORS_MODEL}"
    ARENA_BYTES ${TENSORS_ARENA_BYTES}
    ARENA_LIMIT 1048576
    ARENA_MEMORY ${memory}
    SOURCES
      app/console/commands.cc
      app/console/line_reader.cc
      app/tensors/runner.cc
      app/tensors/tensors.cc
      app/vision/format.cc)
  target_compile_definitions(tensors PRIVATE KEPT_BYTES=${TENSORS_KEPT_BYTES})
endif()
