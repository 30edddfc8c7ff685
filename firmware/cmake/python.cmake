# PYTHON writes C++ sources during the build: the models', and vectors for the host tests.

get_filename_component(project_root "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
set(PYTHON "${project_root}/.venv/bin/python" CACHE FILEPATH
  "Python with this project's packages; it writes C++ sources during the build")

execute_process(COMMAND "${PYTHON}" -c "import rtbench.tflite.source"
  RESULT_VARIABLE python_failed OUTPUT_QUIET ERROR_QUIET)
if(python_failed)
  message(FATAL_ERROR "PYTHON must be one with this project's packages (make setup), but "
    "\"${PYTHON}\" cannot import rtbench.tflite.source")
endif()

# What the written sources depend on besides their input.
file(GLOB GENERATOR_SOURCES CONFIGURE_DEPENDS "${project_root}/sim/rtbench/tflite/*.py")
