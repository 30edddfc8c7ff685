# The classify app: one model, and one of two implementations of its inference.

set(INFERENCE tflm CACHE STRING "Where inference runs: tflm (on the chip) or host (mailbox)")
set_property(CACHE INFERENCE PROPERTY STRINGS tflm host)
set(MODEL_DIR "${CMAKE_SOURCE_DIR}/../models/classification/generated" CACHE PATH
  "Generated sources of the model: model_data.hpp, model_data.cc, op_resolver.hpp")
set(TFLM_DIR "" CACHE PATH "Check-out of mcuxsdk-middleware-tensorflow (INFERENCE=tflm)")
set(TENSOR_ARENA_BYTES 262144 CACHE STRING "Size of TFLM's one buffer (INFERENCE=tflm)")

if(NOT EXISTS "${MODEL_DIR}/model_data.cc")
  message(FATAL_ERROR "MODEL_DIR must hold model_data.cc, but \"${MODEL_DIR}\" does not; "
    "make it with: python -m sim.model.source MODEL.tflite --labels labels.txt --out DIR")
endif()

set(classify_sources
  app/classifier.cc
  app/classify.cc
  app/command.cc
  app/crc32.cc
  app/format.cc
  app/frame_source.cc
  app/line_reader.cc
  app/preprocess.cc
  app/scores.cc
  ${MODEL_DIR}/model_data.cc)

if(INFERENCE STREQUAL "tflm")
  set(tflm_library "${TFLM_DIR}/lib/cm7/armgcc/libtflm.a")
  if(NOT EXISTS "${tflm_library}")
    message(FATAL_ERROR "INFERENCE=tflm needs TFLM_DIR with lib/cm7/armgcc/libtflm.a in it, "
      "but TFLM_DIR is \"${TFLM_DIR}\"")
  endif()
  add_app(classify ${classify_sources}
    app/inference_tflm.cc
    app/profiler.cc
    app/tflm_support.cc)
  target_include_directories(classify SYSTEM PRIVATE
    "${TFLM_DIR}"
    "${TFLM_DIR}/third_party/flatbuffers/include"
    "${TFLM_DIR}/third_party/gemmlowp"
    "${TFLM_DIR}/third_party/ruy")
  target_compile_options(classify PRIVATE "-ffile-prefix-map=${TFLM_DIR}=tflm")
  target_compile_definitions(classify PRIVATE
    TF_LITE_STATIC_MEMORY CMSIS_NN TENSOR_ARENA_BYTES=${TENSOR_ARENA_BYTES})
  target_link_libraries(classify PRIVATE "${tflm_library}")
elseif(INFERENCE STREQUAL "host")
  add_app(classify ${classify_sources} app/inference_host.cc)
else()
  message(FATAL_ERROR "INFERENCE must be tflm or host, not \"${INFERENCE}\"")
endif()
target_include_directories(classify PRIVATE "${MODEL_DIR}")
