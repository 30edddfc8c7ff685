/// \file
/// The few instructions of the core that have no C++ expression.
#pragma once

namespace drivers {

#if defined(__arm__)
inline void WaitForInterrupt() { __asm volatile("dsb\n\twfi" ::: "memory"); }
inline void DataBarrier() { __asm volatile("dsb" ::: "memory"); }
inline void InstructionBarrier() { __asm volatile("dsb\n\tisb" ::: "memory"); }
inline void EnableInterrupts() { __asm volatile("cpsie i" ::: "memory"); }
inline void DisableInterrupts() { __asm volatile("cpsid i" ::: "memory"); }
#else  // host tests
inline void WaitForInterrupt() {}
inline void DataBarrier() {}
inline void InstructionBarrier() {}
inline void EnableInterrupts() {}
inline void DisableInterrupts() {}
#endif

}  // namespace drivers
