# The classify app.

set(models "${CMAKE_SOURCE_DIR}/../models/classification")
set(MODEL "${models}/model.tflite" CACHE FILEPATH "The classifier")
set(MODEL_LABELS "${models}/labels.txt" CACHE FILEPATH "Its labels, one a line")
set(TENSOR_ARENA_BYTES 262144 CACHE STRING "Size of TFLM's one buffer (INFERENCE=tflm)")

add_vision_app(classify
  MODEL "${MODEL}"
  LABELS "${MODEL_LABELS}"
  ARENA_BYTES ${TENSOR_ARENA_BYTES}
  ARENA_LIMIT 384000
  ARENA_MEMORY dtcm
  SOURCES
    app/classify/classifier.cc
    app/classify/classify.cc
    app/classify/scores.cc)
