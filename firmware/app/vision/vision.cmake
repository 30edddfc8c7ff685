# What the apps with a model have in common: one of two implementations of inference, and an arena.

include(cmake/model.cmake)

set(INFERENCE tflm CACHE STRING "Where inference runs: tflm (on the chip) or host (mailbox)")
set_property(CACHE INFERENCE PROPERTY STRINGS tflm host)
set(TFLM_DIR "" CACHE PATH "Check-out of mcuxsdk-middleware-tensorflow (INFERENCE=tflm)")

set(tflm_library "${TFLM_DIR}/lib/cm7/armgcc/libtflm.a")
if(INFERENCE STREQUAL "tflm")
  if(NOT EXISTS "${tflm_library}")
    message(FATAL_ERROR "INFERENCE=tflm needs TFLM_DIR with lib/cm7/armgcc/libtflm.a in it, "
      "but TFLM_DIR is \"${TFLM_DIR}\"")
  endif()
elseif(NOT INFERENCE STREQUAL "host")
  message(FATAL_ERROR "INFERENCE must be tflm or host, not \"${INFERENCE}\"")
endif()

# What every app with a camera has.
set(CAMERA_SOURCES
  app/console/commands.cc
  app/console/line_reader.cc
  app/vision/camera_service.cc
  app/vision/crc32.cc
  app/vision/format.cc
  app/vision/frame_receiver.cc
  app/vision/frame_record.cc
  app/vision/frame_source.cc
  app/vision/kept_run.cc
  app/vision/log_queue.cc
  app/vision/record_line.cc
  app/vision/record_store.cc
  app/vision/run_request.cc
  app/vision/schedule.cc)

# add_tflm_app(<name> MODEL <.tflite> [LABELS <.txt>] [METRICS <.json>] ARENA_BYTES <n>
#   ARENA_LIMIT <n> ARENA_MEMORY <dtcm|ocram2|sdram> SOURCES <sources>...): an app that runs a model by
# TFLM. The link fails if the arena is larger than its limit or does not fit its memory.
function(add_tflm_app name)
  cmake_parse_arguments(app "" "MODEL;LABELS;METRICS;ARENA_BYTES;ARENA_LIMIT;ARENA_MEMORY"
    "SOURCES" ${ARGN})
  add_model_sources(${name} MODEL "${app_MODEL}" LABELS "${app_LABELS}" METRICS "${app_METRICS}")
  add_app(${name} ${app_SOURCES}
    app/vision/profiler.cc
    app/vision/tflm_support.cc
    ${${name}_sources})
  target_include_directories(${name} PRIVATE "${${name}_include}")
  target_include_directories(${name} SYSTEM PRIVATE
    "${TFLM_DIR}"
    "${TFLM_DIR}/third_party/flatbuffers/include"
    "${TFLM_DIR}/third_party/gemmlowp"
    "${TFLM_DIR}/third_party/ruy")
  target_compile_options(${name} PRIVATE "-ffile-prefix-map=${TFLM_DIR}=tflm")
  if(app_ARENA_MEMORY STREQUAL "dtcm")
    set(section ".arena")
  elseif(app_ARENA_MEMORY STREQUAL "ocram2")
    set(section ".arena_ocram2")
  elseif(app_ARENA_MEMORY STREQUAL "sdram" AND BOARD_SDRAM_SCRIPT)
    set(section ".arena_sdram")
    target_link_options(${name} PRIVATE "-T${board_directory}/${BOARD_SDRAM_SCRIPT}")
    target_compile_definitions(${name} PRIVATE ARENA_IN_SDRAM)
  else()
    message(FATAL_ERROR "the arena of ${name} must be in dtcm, ocram2 or the board's sdram, "
      "not \"${app_ARENA_MEMORY}\"")
  endif()
  target_compile_definitions(${name} PRIVATE
    TF_LITE_STATIC_MEMORY CMSIS_NN
    TENSOR_ARENA_BYTES=${app_ARENA_BYTES} TENSOR_ARENA_SECTION="${section}")
  target_link_libraries(${name} PRIVATE "${tflm_library}")
  target_link_options(${name} PRIVATE -Wl,--defsym=ARENA_LIMIT=${app_ARENA_LIMIT})
endfunction()

# add_vision_app(<name> MODEL <.tflite> LABELS <.txt> [METRICS <.json>] ARENA_BYTES <n>
#   ARENA_LIMIT <n> ARENA_MEMORY <dtcm|ocram2> SOURCES <sources>...): an app that shows a camera's
# frames to a model, by whichever implementation of inference the build has.
function(add_vision_app name)
  cmake_parse_arguments(app "" "MODEL;LABELS;METRICS;ARENA_BYTES;ARENA_LIMIT;ARENA_MEMORY"
    "SOURCES" ${ARGN})
  set(sources ${app_SOURCES} ${CAMERA_SOURCES} app/vision/preprocess.cc app/vision/service.cc)
  if(INFERENCE STREQUAL "tflm")
    add_tflm_app(${name} MODEL "${app_MODEL}" LABELS "${app_LABELS}" METRICS "${app_METRICS}"
      ARENA_BYTES ${app_ARENA_BYTES} ARENA_LIMIT ${app_ARENA_LIMIT}
      ARENA_MEMORY ${app_ARENA_MEMORY}
      SOURCES ${sources} app/vision/inference_tflm.cc)
  else()
    add_model_sources(${name} MODEL "${app_MODEL}" LABELS "${app_LABELS}" METRICS "${app_METRICS}")
    add_app(${name} ${sources} ${${name}_sources} app/vision/inference_host.cc)
    target_link_options(${name} PRIVATE -Wl,--defsym=ARENA_LIMIT=${app_ARENA_LIMIT})
    target_include_directories(${name} PRIVATE "${${name}_include}")
  endif()
endfunction()
