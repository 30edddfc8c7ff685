# The classify app.

set(MODEL_DIR "${CMAKE_SOURCE_DIR}/../models/classification/generated" CACHE PATH
  "Generated sources of the model: model_data.hpp, model_data.cc, op_resolver.hpp")
set(TENSOR_ARENA_BYTES 262144 CACHE STRING "Size of TFLM's one buffer (INFERENCE=tflm)")

if(NOT EXISTS "${MODEL_DIR}/model_data.cc")
  message(FATAL_ERROR "MODEL_DIR must hold model_data.cc, but \"${MODEL_DIR}\" does not; "
    "make it with: python -m rtbench.tflite.source MODEL.tflite --labels labels.txt --out DIR")
endif()

add_vision_app(classify
  MODEL "${MODEL_DIR}"
  ARENA_BYTES ${TENSOR_ARENA_BYTES}
  ARENA_LIMIT 384000
  ARENA_MEMORY dtcm
  SOURCES
    app/classifier.cc
    app/classify.cc
    app/scores.cc)
