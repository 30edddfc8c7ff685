// GPT1 and GPT2 (i.MX RT1060 reference manual, chapter General Purpose Timer), for Renode 1.16.1. C# 7.
// Own because the stock model counts 24 MHz whatever CLKSRC and PR say: a sleep that is timed from 32 kHz
// would end 732 times too early. The counter is worked out when somebody looks. No capture; output modes
// change nothing; PERCLK is 24 MHz, as firmware has it that wants an exact timer.

using System;
using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    public class Gpt : IDoubleWordPeripheral, IKnownSize
    {
        public Gpt(IMachine machine)
        {
            this.machine = machine;
            IRQ = new GPIO();
            alarm = new Alarm(machine, Update);
            Reset();
        }

        public long Size { get { return 0x4000; } }

        public GPIO IRQ { get; private set; }

        public void Reset()
        {
            control = prescale = status = enabled = 0;
            for(var i = 0; i < compare.Length; i++) { compare[i] = uint.MaxValue; }
            Begin(0);
            Update();
        }

        public uint ReadDoubleWord(long offset)
        {
            Sync();
            switch(offset)
            {
            case CR: return control;
            case PR: return prescale;
            case SR: return status;
            case IR: return enabled;
            case OCR1: case OCR2: case OCR3: return compare[(offset - OCR1) / 4];
            case ICR1: case ICR2: return 0;
            case CNT: return (uint)count;
            default: this.LogUnhandledRead(offset); return 0;
            }
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            Sync();
            switch(offset)
            {
            case CR: WriteControl(value); break;
            case PR: prescale = value & 0xFFFF; Begin(count); break;
            case SR: status &= ~value; break;
            case IR: enabled = value & 0x3F; break;
            case OCR1: case OCR2: case OCR3:
                compare[(offset - OCR1) / 4] = value;
                if(offset == OCR1 && (control & FreeRun) == 0) { Begin(0); }
                break;
            case ICR1: case ICR2: case CNT: break;
            default: this.LogUnhandledWrite(offset, value); break;
            }
            Update();
        }

        private void WriteControl(uint value)
        {
            if((value & SoftwareReset) != 0)
            {
                Reset();
                control = value & KeptBySoftwareReset;
            }
            else
            {
                control = value & 0x1FFFFFFF;
            }
            Begin((value & FromZero) != 0 && (value & Enable) == 0 ? 0 : count);
        }

        // Counts from here on at the rate that the registers now say.
        private void Begin(ulong from)
        {
            count = from;
            begun = VirtualTime.Now(machine);
            passed = 0;
            rate = Rate;
        }

        // Counts in a nanosecond, 0 while it stands still.
        private decimal Rate
        {
            get
            {
                var divider = (prescale & 0xFFF) + 1;
                if((control & Enable) == 0) { return 0; }
                switch(control >> 6 & 7)
                {
                case 1: case 2: return Crystal / divider;
                case 4: return SlowClock / divider;
                case 5: return (control & CrystalOn) != 0 ? Crystal / divider / ((prescale >> 12) + 1) : 0;
                default: return 0;
                }
            }
        }

        private ulong Limit { get { return (control & FreeRun) != 0 ? 1UL << 32 : compare[0] + 1UL; } }

        // Counts until the counter next shows `target`, at least one; 0 for one where it never comes.
        private ulong Distance(ulong target)
        {
            return target >= Limit ? 0 : (target + Limit - count % Limit - 1) % Limit + 1;
        }

        private void Sync()
        {
            var since = (ulong)(rate * (VirtualTime.Now(machine) - begun));
            var more = since - passed;
            if(more == 0) { return; }
            for(var i = 0; i <= compare.Length; i++)
            {
                var distance = FlagDistance(i);
                if(distance != 0 && distance <= more) { status |= Flag(i); }
            }
            count = (count + more) % Limit;
            passed = since;
        }

        private uint Flag(int i)
        {
            return 1u << (i < compare.Length ? i : RollOver);
        }

        private ulong FlagDistance(int i)
        {
            return i < compare.Length ? Distance(compare[i]) : Limit > uint.MaxValue ? Distance(0) : 0;
        }

        // The interrupt line, and the moment at which it next may rise.
        private void Update()
        {
            Sync();
            IRQ.Set((status & enabled) != 0);
            alarm.Cancel();
            if(rate == 0) { return; }
            var nearest = 0UL;
            for(var i = 0; i <= compare.Length; i++)
            {
                var distance = (enabled & ~status & Flag(i)) != 0 ? FlagDistance(i) : 0;
                if(distance != 0 && (nearest == 0 || distance < nearest)) { nearest = distance; }
            }
            if(nearest != 0) { alarm.Set(begun + (ulong)Math.Ceiling((passed + nearest) / rate)); }
        }

        private uint control, prescale, status, enabled;
        private readonly uint[] compare = new uint[3];
        private ulong count, begun, passed; // counts since `begun`, which are in `count` already
        private decimal rate;
        private readonly IMachine machine;
        private readonly Alarm alarm;

        private const long CR = 0x00, PR = 0x04, SR = 0x08, IR = 0x0C, OCR1 = 0x10, OCR2 = 0x14, OCR3 = 0x18;
        private const long ICR1 = 0x1C, ICR2 = 0x20, CNT = 0x24;
        private const uint Enable = 1 << 0, FromZero = 1 << 1, FreeRun = 1 << 9, CrystalOn = 1 << 10, SoftwareReset = 1 << 15;
        private const uint KeptBySoftwareReset = 0x3F;
        private const int RollOver = 5;
        private const decimal Crystal = 0.024m, SlowClock = 0.000032768m;
    }
}
