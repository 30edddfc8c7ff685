# add_model_sources(<name> MODEL <.tflite> [LABELS <.txt>] [METRICS <.json>]): the C++ sources that
# carry a model, written into the build folder: model_data.{hpp,cc} and op_resolver.hpp, with METRICS
# model_decoding.hpp. Sets <name>_sources (model_data.cc) and <name>_include.

include(cmake/python.cmake)

function(add_model_sources name)
  cmake_parse_arguments(model "" "MODEL;LABELS;METRICS" "" ${ARGN})
  set(directory "${CMAKE_BINARY_DIR}/models/${name}")
  set(outputs model_data.cc model_data.hpp op_resolver.hpp)
  set(inputs "${model_MODEL}")
  set(options --out "${directory}")
  if(model_LABELS)
    list(APPEND inputs "${model_LABELS}")
    list(APPEND options --labels "${model_LABELS}")
  endif()
  if(model_METRICS)
    list(APPEND outputs model_decoding.hpp)
    list(APPEND inputs "${model_METRICS}")
    list(APPEND options --metrics "${model_METRICS}")
  endif()
  foreach(input ${inputs})
    if(NOT EXISTS "${input}")
      message(FATAL_ERROR "the model of ${name} must be a file, but there is no \"${input}\"")
    endif()
  endforeach()
  list(TRANSFORM outputs PREPEND "${directory}/")
  add_custom_command(OUTPUT ${outputs}
    COMMAND "${PYTHON}" -m rtbench.tflite.source "${model_MODEL}" ${options}
    DEPENDS ${inputs} ${GENERATOR_SOURCES}
    COMMENT "writing the sources of ${name}'s model"
    VERBATIM)
  set(${name}_sources ${outputs} PARENT_SCOPE)
  set(${name}_include "${directory}" PARENT_SCOPE)
endfunction()
