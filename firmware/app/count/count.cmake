# The count app.

set(models "${CMAKE_SOURCE_DIR}/../models/people_counting")
set(COUNT_ARENA_BYTES 307200 CACHE STRING "Size of TFLM's one buffer (INFERENCE=tflm)")
set(COUNT_ARENA_MEMORY dtcm CACHE STRING "Where that buffer lies: dtcm or ocram2")
set_property(CACHE COUNT_ARENA_MEMORY PROPERTY STRINGS dtcm ocram2)

add_vision_app(count
  MODEL "${models}/model.tflite"
  LABELS "${models}/labels.txt"
  METRICS "${models}/metrics.json"
  ARENA_BYTES ${COUNT_ARENA_BYTES}
  ARENA_LIMIT 512000
  ARENA_MEMORY ${COUNT_ARENA_MEMORY}
  SOURCES
    app/count/clothes.cc
    app/count/count.cc
    app/count/count_lines.cc
    app/count/counter.cc
    app/count/counting_line.cc
    app/count/decoding.cc
    app/count/tracker.cc)
