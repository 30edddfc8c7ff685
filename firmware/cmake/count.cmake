# The count app; left out where its model has not been made.

set(COUNT_MODEL_DIR "${CMAKE_SOURCE_DIR}/../models/people_counting/generated" CACHE PATH
  "Generated sources of the people counter: model_data.{hpp,cc}, op_resolver.hpp, decoding.hpp")
set(COUNT_ARENA_BYTES 307200 CACHE STRING "Size of TFLM's one buffer (INFERENCE=tflm)")
set(COUNT_ARENA_MEMORY dtcm CACHE STRING "Where that buffer lies: dtcm or ocram2")
set_property(CACHE COUNT_ARENA_MEMORY PROPERTY STRINGS dtcm ocram2)

if(EXISTS "${COUNT_MODEL_DIR}/decoding.hpp" AND EXISTS "${COUNT_MODEL_DIR}/model_data.cc")
  add_vision_app(count
    MODEL "${COUNT_MODEL_DIR}"
    ARENA_BYTES ${COUNT_ARENA_BYTES}
    ARENA_LIMIT 512000
    ARENA_MEMORY ${COUNT_ARENA_MEMORY}
    SOURCES
      app/count.cc
      app/count_lines.cc
      app/counter.cc
      app/counting_line.cc
      app/decoding.cc
      app/tracker.cc)
else()
  message(WARNING "the count app is left out: no generated sources of its model in "
    "${COUNT_MODEL_DIR} (python -m models.people_counting makes them)")
endif()
