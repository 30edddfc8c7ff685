// True Random Number Generator (i.MX RT1060 reference manual, chapter TRNG), for Renode 1.16.1. C# 7.

using System.Collections.Generic;
using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    /// 512 bits at a time, the same every run: a generator with a fixed seed stands for the oscillators.
    /// ENT0 to 15 are valid while MCTL.ENT_VAL; reading ENT15 starts the next.
    public class Trng : IDoubleWordPeripheral, IKnownSize
    {
        public Trng(IMachine machine, ulong seed = 1062, ulong busFrequency = 150000000)
        {
            this.machine = machine;
            this.busFrequency = busFrequency;
            state = seed;
            IRQ = new GPIO();
            SetDefaults();
        }

        public long Size { get { return 0x4000; } }

        public GPIO IRQ { get; private set; }

        public void Reset()
        {
            SetDefaults();
        }

        public uint ReadDoubleWord(long offset)
        {
            if(offset >= ENT0 && offset <= ENT15) { return Pop((int)(offset - ENT0) / 4); }
            switch(offset)
            {
            case MCTL: return control | (generating ? 0 : Stopped);
            case INT_STATUS: return status;
            case VID1: return 0x00300301;
            default:
                uint value;
                values.TryGetValue(offset, out value);
                return value;
            }
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            switch(offset)
            {
            case MCTL: WriteControl(value); break;
            case INT_CTRL: status &= value; break; // a zero clears
            case INT_MASK: values[INT_MASK] = value & 7; break;
            case SEC_CFG: values[SEC_CFG] = value & NoProgram; break;
            case INT_STATUS: case VID1: case VID2: case STATUS: break;
            default:
                if(offset < ENT0 || offset > PKRCNT7) { values[offset] = value; }
                break;
            }
            UpdateInterrupt();
        }

        private void SetDefaults()
        {
            generation++;
            generating = false;
            control = Program | 1;
            status = 0;
            values.Clear();
            for(var i = 0; i < Defaults.Length; i++) { values[4 + 4 * i] = Defaults[i]; }
            values[INT_CTRL] = 0x7;
            UpdateInterrupt();
        }

        private bool Valid { get { return (control & EntropyValid) != 0; } }

        private void WriteControl(uint value)
        {
            uint security;
            values.TryGetValue(SEC_CFG, out security);
            if((security & NoProgram) != 0) { value &= ~Program; }
            if((value & RestoreDefaults) != 0 && (control & Program) != 0) { SetDefaults(); }
            var before = control;
            control = (control & ReadOnlyBits) | (value & ~(ReadOnlyBits | RestoreDefaults | Failure)) | (control & ~value & Failure);
            if((control & Program) != 0)
            {
                generation++;
                generating = false;
                control &= ~EntropyValid;
            }
            else if((before & Program) != 0)
            {
                Generate();
            }
        }

        // SAMP_SIZE samples, one every ENT_DLY bus clocks.
        private void Generate()
        {
            control &= ~EntropyValid;
            generating = true;
            var mine = ++generation;
            var sampling = values[SDCTL];
            var clocks = (ulong)(sampling & 0xFFFF) * (sampling >> 16);
            machine.ScheduleAction(TimeInterval.FromNanoseconds(clocks * 1000000000 / busFrequency), _ =>
            {
                if(mine != generation) { return; }
                for(var i = 0; i < words.Length; i++) { words[i] = Next(); }
                generating = false;
                control |= EntropyValid;
                status |= 2;
                UpdateInterrupt();
            });
        }

        private uint Pop(int index)
        {
            if(!Valid) { return 0; }
            var word = words[index];
            if(index == words.Length - 1) { Generate(); }
            return word;
        }

        // splitmix64, the upper half of each step
        private uint Next()
        {
            state += 0x9E3779B97F4A7C15;
            var z = state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return (uint)((z ^ (z >> 31)) >> 32);
        }

        private void UpdateInterrupt()
        {
            uint mask;
            values.TryGetValue(INT_MASK, out mask);
            IRQ.Set((status & mask) != 0);
        }

        private uint control, status;
        private ulong state;
        private int generation;
        private bool generating;
        private readonly uint[] words = new uint[16];
        private readonly Dictionary<long, uint> values = new Dictionary<long, uint>();
        private readonly ulong busFrequency;
        private readonly IMachine machine;

        private const long MCTL = 0x00, SDCTL = 0x10, STATUS = 0x3C, SEC_CFG = 0xA0, ENT0 = 0x40, ENT15 = 0x7C, PKRCNT7 = 0x9C;
        private const long INT_CTRL = 0xA4, INT_MASK = 0xA8, INT_STATUS = 0xAC, VID1 = 0xF0, VID2 = 0xF4;
        private const uint RestoreDefaults = 1 << 6, EntropyValid = 1 << 10, Failure = 1 << 12, Stopped = 1 << 13, Program = 1 << 16;
        private const uint ReadOnlyBits = 0x2F00, NoProgram = 1 << 1;

        // SCMISC to SCR6PL
        private static readonly uint[] Defaults =
        {
            0x00010022, 0x000009A3, 0x00006920, 0x0C8009C4, 0x0000003F, 0x00000640, 0x00006400,
            0x010C0568, 0x00B20195, 0x007A00DC, 0x0058007D, 0x0040004B, 0x002E002F, 0x002E002F,
        };
    }
}
