// Secure Non-Volatile Storage (i.MX RT1060 reference manual, chapter SNVS), for Renode 1.16.1. C# 7.

using System.Collections.Generic;
using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    /// The LP half with LPGPR outlives every reset but power on, the HP half does not. Both counters
    /// run on the 32 kHz crystal; alarms, tamper detection and security are storage.
    public class Snvs : IDoubleWordPeripheral, IKnownSize
    {
        public Snvs(IMachine machine)
        {
            lowPower = new Counter(machine);
            highPower = new Counter(machine);
            SetLowPowerDefaults();
        }

        public long Size { get { return 0x4000; } }

        public void Reset()
        {
            for(long offset = 0; offset < LPLR; offset += 4) { values.Remove(offset); }
            highPower.Run(false);
            highPower.Value = 0;
        }

        public uint ReadDoubleWord(long offset)
        {
            switch(offset)
            {
            case HPSR: return 0x80003000;
            case HPSVSR: return 0x80000000;
            case HPRTCMR: return (uint)(highPower.Value >> 32);
            case HPRTCLR: return (uint)highPower.Value;
            case LPSRTCMR: return (uint)(lowPower.Value >> 32);
            case LPSRTCLR: return (uint)lowPower.Value;
            case HPVIDR1: return 0x003E0104;
            case HPVIDR2: return 0x06000000;
            default:
                uint value;
                values.TryGetValue(Aliased(offset), out value);
                return value;
            }
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            switch(offset)
            {
            case HPSR: case HPSVSR: case HPVIDR1: case HPVIDR2:
                break;
            case HPCR:
                if((value & TimeSynchronise) != 0) { highPower.Value = lowPower.Value; }
                values[offset] = value & ~TimeSynchronise;
                highPower.Run((value & 1) != 0);
                break;
            case LPCR:
                values[offset] = value;
                lowPower.Run((value & 1) != 0);
                break;
            case LPSR:
                values[offset] &= ~value;
                break;
            case HPRTCMR: highPower.SetHigh(value & 0x7FFF); break;
            case HPRTCLR: highPower.SetLow(value); break;
            case LPSRTCMR: lowPower.SetHigh(value & 0x7FFF); break;
            case LPSRTCLR: lowPower.SetLow(value); break;
            case LPSMCMR: case LPSMCLR: CountUp(); break;
            default:
                values[Aliased(offset)] = value;
                break;
            }
        }

        // The monotonic counter: any write to either half counts one.
        private void CountUp()
        {
            if((values[LPCR] & MonotonicCounter) == 0) { return; }
            uint high, low;
            values.TryGetValue(LPSMCMR, out high);
            values.TryGetValue(LPSMCLR, out low);
            values[LPSMCLR] = low + 1;
            values[LPSMCMR] = low + 1 == 0 ? (high & 0xFFFF0000) | (high + 1 & 0xFFFF) : high;
        }

        // LPGPR0 has a legacy place, LPGPR0 to 3 an alias each.
        private static long Aliased(long offset)
        {
            return offset == 0x68 ? LPGPR0 : offset >= 0x90 && offset < 0xA0 ? offset - 0x90 + LPGPR0 : offset;
        }

        private void SetLowPowerDefaults()
        {
            values[LPCR] = 0x20;
            values[LPSR] = 0x8;
        }

        private readonly Dictionary<long, uint> values = new Dictionary<long, uint>();
        private readonly Counter lowPower, highPower;

        private const long HPCR = 0x08, HPSR = 0x14, HPSVSR = 0x18, HPRTCMR = 0x24, HPRTCLR = 0x28, LPLR = 0x34, LPCR = 0x38;
        private const long LPSR = 0x4C, LPSRTCMR = 0x50, LPSRTCLR = 0x54, LPSMCMR = 0x5C, LPSMCLR = 0x60, LPGPR0 = 0x100,
            HPVIDR1 = 0xBF8, HPVIDR2 = 0xBFC;
        private const uint TimeSynchronise = 1 << 16, MonotonicCounter = 1 << 2;

        // 47 bits at 32,768 Hz; firmware can set it only while it stands still.
        private class Counter
        {
            public Counter(IMachine machine) { this.machine = machine; }

            public ulong Value
            {
                get { return running ? count + (Now - since) * 32768 / TimeInterval.TicksPerSecond & Mask : count; }
                set { count = value; since = Now; }
            }

            public void SetHigh(uint value) { if(!running) { Value = (ulong)value << 32 | (uint)count; } }

            public void SetLow(uint value) { if(!running) { Value = count >> 32 << 32 | value; } }

            public void Run(bool on)
            {
                if(on == running) { return; }
                count = Value;
                since = Now;
                running = on;
            }

            private ulong Now { get { return machine.ElapsedVirtualTime.TimeElapsed.Ticks; } }

            private ulong count, since;
            private bool running;
            private readonly IMachine machine;
            private const ulong Mask = (1UL << 47) - 1;
        }
    }
}
