// GPIO (i.MX RT1060 reference manual, chapter 12), for Renode 1.16.1. C# 7.
// Own because the stock IMXRT_GPIO lets DR_SET, DR_CLEAR and DR_TOGGLE act on all pins, shows no
// driven level in PSR and has one interrupt line instead of two.

using System;
using Antmicro.Migrant;
using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.GPIOPort;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    /// Output n follows pad n: what the chip drives, else what comes in, else what pulls it on the board,
    /// else the level that it had. The pads' own pulls and functions (IOMUXC) do not reach it.
    public class Gpio : BaseGPIOPort, IDoubleWordPeripheral, IKnownSize
    {
        public Gpio(IMachine machine) : base(machine, Pins)
        {
            this.board = machine;
            LowIRQ = new GPIO();
            HighIRQ = new GPIO();
            INT0 = new GPIO();
            INT1 = new GPIO();
            INT2 = new GPIO();
            INT3 = new GPIO();
            INT4 = new GPIO();
            INT5 = new GPIO();
            INT6 = new GPIO();
            INT7 = new GPIO();
        }

        public long Size { get { return 0x4000; } }

        /// A pad has a new level: virtual nanoseconds, pin, level.
        [field: Transient]
        public event Action<ulong, int, bool> PadChanged;

        /// Levels of all pads.
        public uint Pads { get { return pads; } }

        // Pins 0 to 15, pins 16 to 31, and what GPIO1 has beside them for its first eight pins.
        public GPIO LowIRQ { get; private set; }
        public GPIO HighIRQ { get; private set; }
        public GPIO INT0 { get; private set; }
        public GPIO INT1 { get; private set; }
        public GPIO INT2 { get; private set; }
        public GPIO INT3 { get; private set; }
        public GPIO INT4 { get; private set; }
        public GPIO INT5 { get; private set; }
        public GPIO INT6 { get; private set; }
        public GPIO INT7 { get; private set; }

        /// Pads that something on the board pulls up: their level while nobody drives them.
        public uint PullUps
        {
            get { return pullUps; }
            set
            {
                outside = (outside & ~pullUps) | value;
                held = (held & ~pullUps) | value;
                pullUps = value;
                UpdatePads();
            }
        }

        public override void Reset()
        {
            data = direction = mask = edgeSelect = condition1 = condition2 = 0;
            UpdatePads();
            edges = 0;
            UpdateInterrupts();
        }

        /// What drives or pulls a pad from outside.
        public override void OnGPIO(int number, bool value)
        {
            if(!CheckPinNumber(number)) { return; }
            base.OnGPIO(number, value);
            held |= 1u << number;
            outside = value ? outside | 1u << number : outside & ~(1u << number);
            UpdatePads();
        }

        public uint ReadDoubleWord(long offset)
        {
            switch(offset)
            {
            case DR: return (data & direction) | (pads & ~direction);
            case GDIR: return direction;
            case PSR: return pads;
            case ICR1: return condition1;
            case ICR2: return condition2;
            case IMR: return mask;
            case ISR: return edges | ActiveLevels;
            case EDGE_SEL: return edgeSelect;
            case DR_SET: case DR_CLEAR: case DR_TOGGLE: return 0;
            default: this.LogUnhandledRead(offset); return 0;
            }
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            switch(offset)
            {
            case DR: data = value; break;
            case GDIR: direction = value; break;
            case PSR: break;
            case ICR1: condition1 = value; break;
            case ICR2: condition2 = value; break;
            case IMR: mask = value; break;
            case ISR: edges &= ~value; break;
            case EDGE_SEL: edgeSelect = value; break;
            case DR_SET: data |= value; break;
            case DR_CLEAR: data &= ~value; break;
            case DR_TOGGLE: data ^= value; break;
            default: this.LogUnhandledWrite(offset, value); return;
            }
            UpdatePads();
        }

        private void UpdatePads()
        {
            var old = pads;
            pads = (data & direction) | (((outside & held) | (old & ~held)) & ~direction);
            for(var pin = 0; pin < Pins; pin++)
            {
                var high = (pads >> pin & 1) != 0;
                var changed = (old >> pin & 1) != 0 != high;
                if(changed && PadChanged != null) { PadChanged(VirtualTime.Now(board), pin, high); }
                if(changed && ((edgeSelect >> pin & 1) != 0 || Condition(pin) == (high ? Rising : Falling)))
                {
                    edges |= 1u << pin;
                }
                Connections[pin].Set(high);
            }
            UpdateInterrupts();
        }

        private uint Condition(int pin)
        {
            return (pin < 16 ? condition1 : condition2) >> 2 * (pin % 16) & 3;
        }

        // Pins whose level condition holds; ISR shows them as long as it does.
        private uint ActiveLevels
        {
            get
            {
                uint active = 0;
                for(var pin = 0; pin < Pins; pin++)
                {
                    if((edgeSelect >> pin & 1) == 0 && Condition(pin) == (pads >> pin & 1)) { active |= 1u << pin; }
                }
                return active;
            }
        }

        private void UpdateInterrupts()
        {
            var lines = mask == 0 ? 0 : (edges | ActiveLevels) & mask;
            LowIRQ.Set((lines & 0xFFFF) != 0);
            HighIRQ.Set(lines >> 16 != 0);
            INT0.Set((lines & 0x01) != 0);
            INT1.Set((lines & 0x02) != 0);
            INT2.Set((lines & 0x04) != 0);
            INT3.Set((lines & 0x08) != 0);
            INT4.Set((lines & 0x10) != 0);
            INT5.Set((lines & 0x20) != 0);
            INT6.Set((lines & 0x40) != 0);
            INT7.Set((lines & 0x80) != 0);
        }

        private readonly IMachine board;
        private uint data, direction, mask, edgeSelect, condition1, condition2;
        private uint edges, pads, outside, held, pullUps;

        private const int Pins = 32;
        private const long DR = 0x00, GDIR = 0x04, PSR = 0x08, ICR1 = 0x0C, ICR2 = 0x10, IMR = 0x14, ISR = 0x18;
        private const long EDGE_SEL = 0x1C, DR_SET = 0x84, DR_CLEAR = 0x88, DR_TOGGLE = 0x8C;
        private const uint Rising = 2, Falling = 3; // 0 and 1: low and high level
    }
}
