# add_app(<name> <sources>...): an ELF for the board, its flash image, its .hex and its map.

function(add_app name)
  list(TRANSFORM LINKER_SCRIPTS PREPEND "-T" OUTPUT_VARIABLE scripts)
  add_executable(${name} ${ARGN})
  set_target_properties(${name} PROPERTIES SUFFIX .elf)
  target_link_libraries(${name} PRIVATE platform)
  target_link_options(${name} PRIVATE
    -nostartfiles --specs=nano.specs -static
    ${scripts}
    -Wl,--gc-sections,--fatal-warnings,--orphan-handling=error
    -Wl,-Map=${CMAKE_BINARY_DIR}/${name}.map
    -Wl,--print-memory-usage)
  set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS
    ${LINKER_SCRIPTS})
  add_custom_command(TARGET ${name} POST_BUILD
    COMMAND ${CMAKE_OBJCOPY} -O binary --gap-fill 0xFF $<TARGET_FILE:${name}> ${name}.bin
    COMMAND ${CMAKE_OBJCOPY} -O ihex --gap-fill 0xFF $<TARGET_FILE:${name}> ${name}.hex
    BYPRODUCTS ${name}.bin ${name}.hex ${name}.map
    WORKING_DIRECTORY ${CMAKE_BINARY_DIR}
    VERBATIM)
endfunction()
