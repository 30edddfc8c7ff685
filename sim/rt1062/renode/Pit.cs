// Periodic Interrupt Timer (i.MX RT1060 reference manual, chapter PIT), for Renode 1.16.1. C# 7.

using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    /// Four down-counters that can be chained, a lifetime timer of the first two; one interrupt line.
    /// `frequency` is PERCLK, which the CCM's registers do not change here.
    public class Pit : IDoubleWordPeripheral, IKnownSize
    {
        public Pit(IMachine machine, uint frequency = 24000000)
        {
            this.machine = machine;
            IRQ = new GPIO();
            for(var i = 0; i < Channels; i++)
            {
                var channel = i;
                timers[i] = new LimitTimer(machine.ClockSource, frequency, this, "channel" + i, limit: 1UL << 32,
                    direction: Direction.Descending, workMode: WorkMode.Periodic, eventEnabled: true);
                timers[i].LimitReached += () =>
                {
                    Expired(channel);
                    UpdateInterrupt();
                };
            }
            Reset();
        }

        public long Size { get { return 0x4000; } }

        public GPIO IRQ { get; private set; }

        public void Reset()
        {
            moduleControl = Disabled;
            flags = lifetimeLow = 0;
            for(var i = 0; i < Channels; i++)
            {
                timers[i].Reset();
                control[i] = load[i] = pulses[i] = 0;
                timers[i].Limit = 1;
                timers[i].ResetValue();
            }
            UpdateInterrupt();
        }

        public uint ReadDoubleWord(long offset)
        {
            switch(offset)
            {
            case MCR: return moduleControl;
            case LTMR64H:
                lifetimeLow = Count(0);
                return Count(1);
            case LTMR64L: return lifetimeLow;
            }
            var i = Channel(offset);
            switch(i < 0 ? -1 : offset & 0xF)
            {
            case LDVAL: return load[i];
            case CVAL: return Count(i);
            case TCTRL: return control[i];
            case TFLG: return flags >> i & 1;
            default: this.LogUnhandledRead(offset); return 0;
            }
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            if(offset == MCR)
            {
                moduleControl = value & 3;
                UpdateTimers();
                return;
            }
            var i = Channel(offset);
            switch(i < 0 ? -1 : offset & 0xF)
            {
            case LDVAL: // counts from the next expiry on
                load[i] = value;
                timers[i].Limit = (ulong)value + 1;
                break;
            case TCTRL:
                var starts = (value & ~control[i] & Enable) != 0;
                control[i] = value & 7;
                if(starts)
                {
                    timers[i].ResetValue();
                    pulses[i] = load[i];
                }
                UpdateTimers();
                break;
            case TFLG:
                flags &= ~((value & 1) << i);
                break;
            case CVAL:
                break;
            default:
                this.LogUnhandledWrite(offset, value);
                return;
            }
            UpdateInterrupt();
        }

        private static int Channel(long offset)
        {
            return offset >= FirstChannel && offset < FirstChannel + 0x10 * Channels && offset % 4 == 0 ? (int)(offset - FirstChannel) / 0x10 : -1;
        }

        private bool Chained(int channel)
        {
            return channel > 0 && (control[channel] & Chain) != 0;
        }

        private uint Count(int channel)
        {
            if(Chained(channel)) { return pulses[channel]; }
            ICPU cpu;
            if(machine.SystemBus.TryGetCurrentCPU(out cpu)) { cpu.SyncTime(); }
            return (uint)(timers[channel].Value - 1);
        }

        private void Expired(int channel)
        {
            flags |= 1u << channel;
            var next = channel + 1;
            if(next == Channels || !Chained(next) || (control[next] & Enable) == 0) { return; }
            if(pulses[next]-- != 0) { return; }
            pulses[next] = load[next];
            Expired(next);
        }

        private void UpdateTimers()
        {
            for(var i = 0; i < Channels; i++)
            {
                timers[i].Enabled = (moduleControl & Disabled) == 0 && (control[i] & Enable) != 0 && !Chained(i);
            }
        }

        private void UpdateInterrupt()
        {
            var pending = false;
            for(var i = 0; i < Channels; i++) { pending |= (flags >> i & 1) != 0 && (control[i] & InterruptEnable) != 0; }
            IRQ.Set(pending);
        }

        private uint moduleControl, flags, lifetimeLow;
        private readonly uint[] control = new uint[Channels], load = new uint[Channels], pulses = new uint[Channels];
        private readonly LimitTimer[] timers = new LimitTimer[Channels];
        private readonly IMachine machine;

        private const int Channels = 4;
        private const long MCR = 0x00, LTMR64H = 0xE0, LTMR64L = 0xE4, FirstChannel = 0x100;
        private const long LDVAL = 0x0, CVAL = 0x4, TCTRL = 0x8, TFLG = 0xC;
        private const uint Disabled = 1 << 1, Enable = 1 << 0, InterruptEnable = 1 << 1, Chain = 1 << 2;
    }
}
