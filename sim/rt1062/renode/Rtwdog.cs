// RTWDOG, the SDK's WDOG3 (i.MX RT1060 reference manual, chapter RTWDOG), for Renode 1.16.1. C# 7.
// As the boot ROM leaves it: off, and changeable. The unlock lasts until the next change, not 128 bus clocks.

using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    /// `Timeout` rises to reset the chip.
    public class Rtwdog : IDoubleWordPeripheral, IKnownSize
    {
        public Rtwdog(IMachine machine, uint busFrequency = 150000000)
        {
            this.machine = machine;
            this.busFrequency = busFrequency;
            IRQ = new GPIO();
            Timeout = new GPIO();
            timer = new LimitTimer(machine.ClockSource, LowPowerFrequency, this, "rtwdog", limit: 0x400, direction: Direction.Ascending,
                workMode: WorkMode.OneShot, eventEnabled: true);
            timer.LimitReached += TimedOut;
        }

        public long Size { get { return 0x4000; } }

        public GPIO IRQ { get; private set; }

        public GPIO Timeout { get; private set; }

        public void Reset()
        {
            control = AfterRom;
            limit = 0x400;
            window = firstHalf = 0;
            generation++;
            timer.Reset();
            IRQ.Set(false);
            Timeout.Set(false);
        }

        public uint ReadDoubleWord(long offset)
        {
            switch(offset)
            {
            case CS: return control;
            case CNT: return Count;
            case TOVAL: return limit;
            case WIN: return window;
            default: this.LogUnhandledRead(offset); return 0;
            }
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            switch(offset)
            {
            case CS: WriteControl(value); break;
            case CNT: WriteKey(value); break;
            case TOVAL:
                if(!Unlocked) { break; }
                limit = value & 0xFFFF;
                timer.Limit = limit == 0 ? 1 : limit;
                break;
            case WIN:
                if(Unlocked) { window = value & 0xFFFF; }
                break;
            default: this.LogUnhandledWrite(offset, value); break;
            }
        }

        private bool Unlocked { get { return (control & UnlockStatus) != 0; } }

        private uint Count
        {
            get
            {
                ICPU cpu;
                if(machine.SystemBus.TryGetCurrentCPU(out cpu)) { cpu.SyncTime(); }
                return (uint)timer.Value;
            }
        }

        private void WriteControl(uint value)
        {
            if((value & Flag) != 0)
            {
                control &= ~Flag;
                IRQ.Set(false);
            }
            if(!Unlocked) { return; }
            control = (value & Writable) | (control & Flag) | Reconfigured;
            timer.Enabled = false;
            var source = control >> 8 & 3;
            timer.Frequency = source == 0 ? busFrequency : source == 1 ? LowPowerFrequency : CrystalFrequency;
            timer.Divider = (control & Prescaler) != 0 ? 256u : 1u;
            timer.Limit = limit == 0 ? 1 : limit;
            timer.ResetValue();
            timer.Enabled = (control & Enable) != 0;
        }

        // One 32-bit write, or two 16-bit writes when CMD32EN is clear.
        private void WriteKey(uint value)
        {
            if((control & Commands32) == 0)
            {
                var key = (value & 0xFFFF) << 16 | firstHalf;
                firstHalf = value & 0xFFFF;
                if(key != Refresh && key != Unlock)
                {
                    if(firstHalf != (Refresh & 0xFFFF) && firstHalf != (Unlock & 0xFFFF)) { Misused(); }
                    return;
                }
                value = key;
            }
            if(value == Unlock)
            {
                if((control & Update) != 0) { control = (control & ~Reconfigured) | UnlockStatus; }
            }
            else if(value != Refresh || ((control & Window) != 0 && Count < window))
            {
                Misused();
            }
            else if((control & Enable) != 0)
            {
                timer.ResetValue();
            }
        }

        private void Misused()
        {
            if((control & Enable) != 0) { Timeout.Set(true); }
        }

        private void TimedOut()
        {
            if((control & Interrupt) == 0 || (control & Flag) != 0)
            {
                Timeout.Set(true);
                return;
            }
            control |= Flag;
            IRQ.Set(true);
            var mine = ++generation;
            machine.ScheduleAction(TimeInterval.FromNanoseconds(128 * 1000000000UL / busFrequency), _ =>
            {
                if(mine == generation) { Timeout.Set(true); }
            });
        }

        private uint control = AfterRom, limit = 0x400, window, firstHalf;
        private int generation;
        private readonly uint busFrequency;
        private readonly LimitTimer timer;
        private readonly IMachine machine;

        private const long CS = 0x0, CNT = 0x4, TOVAL = 0x8, WIN = 0xC;
        private const uint Update = 1 << 5, Interrupt = 1 << 6, Enable = 1 << 7, Reconfigured = 1 << 10, UnlockStatus = 1 << 11;
        private const uint Prescaler = 1 << 12, Commands32 = 1 << 13, Flag = 1 << 14, Window = 1 << 15;
        private const uint Writable = 0xB3FF, AfterRom = Commands32 | Reconfigured | 1 << 8 | Update;
        private const uint Refresh = 0xB480A602, Unlock = 0xD928C520;
        private const uint LowPowerFrequency = 32768, CrystalFrequency = 24000000;
    }
}
